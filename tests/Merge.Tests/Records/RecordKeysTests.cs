using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.Tests.Support;

namespace MultiCloudKv.Merge.Tests.Records;

public sealed class RecordKeysTests
{
    private readonly RecordKeyBuffer _keys = new();

    public RecordKeysTests() => _keys.Set(0x1234, 0, "ab"u8);

    [Fact]
    public void Keys_OfEveryKind_HaveTheirGoldenBytes()
    {
        Assert.Equal("101234000261" + "62", Convert.ToHexString(_keys.Meta()));
        Assert.Equal("20123400026162" + "0000000000000102" + "02" + "66", Convert.ToHexString(_keys.Element(0x102, ElementType.Hash, "f"u8)));
        Assert.Equal("21123400026162" + "0000000000000102" + "BFF8000000000000" + "6D", Convert.ToHexString(_keys.Score(0x102, 1.5, "m"u8)));
        Assert.Equal("301234" + "00000000000003E8" + "00026162", Convert.ToHexString(_keys.Expiry(1000)));
        Assert.Equal("31123400026162", Convert.ToHexString(_keys.Pending()));
        Assert.Equal("31123400026162" + "03" + "6D", Convert.ToHexString(_keys.Pending(ElementType.Set, "m"u8)));
    }

    [Fact]
    public void Kinds_AreStable()
    {
        Assert.Equal([0x01, 0x10, 0x20, 0x21, 0x30, 0x31], Enum.GetValues<RecordKind>().Select(k => (int)k));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], Enum.GetValues<ElementType>().Select(t => (int)t));
    }

    [Fact]
    public void Parse_OfBuiltKeys_GivesTheParts()
    {
        _keys.Set(16383, 300, "key\0\xff"u8);
        Assert.True(RecordKeys.TryParse(_keys.Element(7, ElementType.Set, "m"u8), out int slot, out uint ns, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> suffix));
        Assert.Equal((16383, 300u), (slot, ns));
        Assert.True(key.SequenceEqual("key\0\xff"u8));
        Assert.Equal(10, suffix.Length);
        Assert.True(RecordKeys.TryParseExpiry(_keys.Expiry(12345), out slot, out long ms, out ns, out key));
        Assert.Equal((16383, 12345L, 300u), (slot, ms, ns));
        Assert.True(key.SequenceEqual("key\0\xff"u8));
        Assert.False(RecordKeys.TryParse("\u0010\0\0\0\u0009a"u8, out _, out _, out _, out _));
    }

    [Fact]
    public void SortableScore_OfAscendingScores_Ascends()
    {
        double[] scores = [double.NegativeInfinity, -1e300, -2, -1.5, -double.Epsilon, 0, double.Epsilon, 1, 2.5, 1e300, double.PositiveInfinity];
        for (int i = 1; i < scores.Length; i++)
            Assert.True(RecordKeys.SortableScore(scores[i - 1]) < RecordKeys.SortableScore(scores[i]));
        Assert.All(scores, s => Assert.Equal(s, RecordKeys.ScoreOf(RecordKeys.SortableScore(s))));
        Assert.Equal(RecordKeys.SortableScore(0), RecordKeys.SortableScore(-0.0));
    }

    [Fact]
    public void PrefixEnd_OfTrailingOnes_CutsThem()
    {
        byte[] prefix = [1, 0xfe, 0xff, 0xff];
        Assert.Equal(2, RecordKeyBuffer.PrefixEnd(prefix));
        Assert.Equal(0xff, prefix[1]);
    }

    [Fact]
    public void Buffer_OfLongKeysAndElements_Grows()
    {
        byte[] large = new byte[70_000];
        _keys.Set(1, 0, large);
        Assert.True(RecordKeys.TryParse(_keys.Element(1, ElementType.Hash, large), out _, out _, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> suffix));
        Assert.Equal((70_000, 70_009), (key.Length, suffix.Length));
        Assert.Equal(Region.Text(large), Region.Text(_keys.Key));
    }
}
