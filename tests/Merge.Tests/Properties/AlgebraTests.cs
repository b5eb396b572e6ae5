using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Tests.Properties;

/// <summary>Laws of the small parts, on generated values.</summary>
public sealed class AlgebraTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2000);

    [Fact]
    public void Integers_AnySum_IsExactOrSaturates() =>
        Check((long a, long b) => Number.Of(a).Add(Number.Of(b)).ToInt64(out bool cut) == (long)BigInteger.Clamp((BigInteger)a + b, long.MinValue, long.MaxValue) &&
            cut == ((BigInteger)a + b > long.MaxValue || (BigInteger)a + b < long.MinValue));

    [Fact]
    public void Integers_InAnyOrder_AddUpToTheSame() =>
        Check((long[] numbers) =>
        {
            Number forward = numbers.Aggregate(Number.Zero, (sum, n) => sum.Add(Number.Of(n)));
            Number backward = numbers.Reverse().Aggregate(Number.Zero, (sum, n) => sum.Add(Number.Of(n)));
            return forward == backward && forward.Subtract(forward).IsZero;
        });

    [Fact]
    public void Decimals_OfModerateSize_AddUpExactly() =>
        Check((int a, int b) => Number.Of(a / 1000m).Add(Number.Of(b / 1000m)).Normalize().ToString() == Plain((a / 1000m) + (b / 1000m)));

    [Fact]
    public void Numbers_Written_ReadBackEqual() =>
        Check((long a, double b, int c) => new[] { Number.Of(a), Number.Of((Int128)a * long.MaxValue), Number.Of(b), Number.Of(c / 100m) }.All(RoundTrips));

    [Fact]
    public void Scores_AsKeys_SortAsNumbers() =>
        Check((NormalFloat a, NormalFloat b) => RecordKeys.SortableScore(a.Get).CompareTo(RecordKeys.SortableScore(b.Get)) == a.Get.CompareTo(b.Get) &&
            RecordKeys.ScoreOf(RecordKeys.SortableScore(a.Get)) == a.Get);

    [Fact]
    public void Scores_Infinite_SortOutside()
    {
        Assert.True(RecordKeys.SortableScore(double.NegativeInfinity) < RecordKeys.SortableScore(double.MinValue));
        Assert.True(RecordKeys.SortableScore(double.PositiveInfinity) > RecordKeys.SortableScore(double.MaxValue));
        Assert.Equal(RecordKeys.SortableScore(0.0), RecordKeys.SortableScore(-0.0));
    }

    [Fact]
    public void RecordKeys_Built_ParseToTheirParts() =>
        Check((byte[] key, byte[] element, ulong version, byte ns) =>
        {
            var buffer = new RecordKeyBuffer();
            int slot = Slots.Of(key);
            buffer.Set(slot, ns, key);
            bool right = Parses(buffer.Meta(), slot, ns, key, []);
            right &= Parses(buffer.Pending(), slot, ns, key, []);
            byte[] versionBytes = [.. BitConverter.GetBytes(version).Reverse()];
            return right & Parses(buffer.Element(version, ElementType.Hash, element), slot, ns, key, [.. versionBytes, (byte)ElementType.Hash, .. element]);
        });

    [Fact]
    public void RecordKeys_OfExpiry_SortByTime() =>
        Check((byte[] key, PositiveInt first, PositiveInt later) =>
        {
            var buffer = new RecordKeyBuffer();
            buffer.Set(Slots.Of(key), 0, key);
            byte[] a = buffer.Expiry(first.Get).ToArray();
            byte[] b = buffer.Expiry((long)first.Get + later.Get).ToArray();
            return a.AsSpan().SequenceCompareTo(b) < 0 &&
                RecordKeys.TryParseExpiry(a, out int slot, out long ms, out uint ns, out ReadOnlySpan<byte> parsed) &&
                slot == Slots.Of(key) && ms == first.Get && ns == 0 && parsed.SequenceEqual(key);
        });

    [Fact]
    public void IntegerText_AnyLong_ReadsBack() =>
        Check((long a) => NumberText.TryParse(Encoding.ASCII.GetBytes(NumberText.Format(Number.Of(a))), out Number back) && back == Number.Of(a));

    private static bool RoundTrips(Number number)
    {
        var writer = new ByteWriter();
        number.WriteTo(writer);
        var reader = new ByteReader(writer.Written);
        return Number.TryRead(ref reader, out Number back) && reader.AtEnd && (back == number || double.IsNaN(number.ToDouble()));
    }

    private static bool Parses(ReadOnlySpan<byte> recordKey, int slot, uint ns, ReadOnlySpan<byte> key, ReadOnlySpan<byte> suffix) =>
        RecordKeys.TryParse(recordKey, out int parsedSlot, out uint parsedNs, out ReadOnlySpan<byte> parsedKey, out ReadOnlySpan<byte> parsedSuffix) &&
        parsedSlot == slot && parsedNs == ns && parsedKey.SequenceEqual(key) && parsedSuffix.SequenceEqual(suffix);

    private static string Plain(decimal value) => Oracle.PlainNumber.Text(value);

    private static void Check<A>(Func<A, bool> law) => Prop.ForAll(law).Check(Many);

    private static void Check<A, B>(Func<A, B, bool> law) => Prop.ForAll(law).Check(Many);

    private static void Check<A, B, C>(Func<A, B, C, bool> law) => Prop.ForAll(law).Check(Many);

    private static void Check<A, B, C, D>(Func<A, B, C, D, bool> law) =>
        Prop.ForAll((Tuple<A, B, C> abc, D d) => law(abc.Item1, abc.Item2, abc.Item3, d)).Check(Many);
}
