using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Tests.State;

public sealed class NumberTests
{
    [Theory]
    [InlineData("0", true)]
    [InlineData("-1", true)]
    [InlineData("9223372036854775807", true)]
    [InlineData("-9223372036854775808", true)]
    [InlineData("9223372036854775808", false)]
    [InlineData("-0", false)]
    [InlineData("+1", false)]
    [InlineData("01", false)]
    [InlineData(" 1", false)]
    [InlineData("1 ", false)]
    [InlineData("1.0", false)]
    [InlineData("", false)]
    [InlineData("-", false)]
    public void ParseInteger_TakesTheStrictFormOnly(string text, bool ok) =>
        Assert.Equal(ok, NumberText.TryParseInteger(System.Text.Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("1.50", "1.5")]
    [InlineData("3.0e3", "3000")]
    [InlineData("-0.0", "0")]
    [InlineData("+7", "7")]
    [InlineData(".5", "0.5")]
    [InlineData("1e-7", "0.0000001")]
    [InlineData("1e40", "10000000000000000000000000000000000000000")]
    [InlineData("123456789012345678901234567890", "123456789012345680000000000000")]
    public void Parse_OfFractions_ShowsWithoutExponent(string text, string shown)
    {
        Assert.True(NumberText.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out Number number));
        Assert.Equal(shown, NumberText.Format(number.Normalize()));
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("1x")]
    [InlineData("1e")]
    [InlineData("--1")]
    [InlineData("nan")]
    [InlineData("inf")]
    [InlineData("1e999")]
    [InlineData("1\02")]
    public void Parse_OfNoNumber_Refuses(string text) =>
        Assert.False(NumberText.TryParse(System.Text.Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Add_OfKinds_WidensToTheWider()
    {
        Assert.Equal(Number.Of(3), Number.Of(1).Add(Number.Of(2)));
        Assert.Equal(NumberKind.WideInteger, Number.Of(long.MaxValue).Add(Number.Of(1)).Kind);
        Assert.Equal("0.3", Number.Of(0.1m).Add(Number.Of(0.2m)).ToString());
        Assert.Equal("1.5", Number.Of(1).Add(Number.Of(0.5m)).ToString());
        Assert.Equal(NumberKind.Double, Number.Of(1m).Add(Number.Of(1e30)).Kind);
    }

    [Fact]
    public void Add_BeyondAllBits_Saturates()
    {
        Assert.Equal(long.MaxValue, Number.Of(long.MaxValue).Add(Number.Of(long.MaxValue)).ToInt64(out bool saturated));
        Assert.True(saturated);
        Assert.Equal(Number.Of(Int128.MinValue), Number.Of(Int128.MinValue).Add(Number.Of(-1)));
        Assert.Equal(Number.Of(-1), Number.Of(long.MinValue).Add(Number.Of(long.MaxValue)));
    }

    [Fact]
    public void Codec_OfEveryKind_HasItsGoldenBytesAndComesBack()
    {
        (Number Number, string Bytes)[] golden =
        [
            (Number.Of(-3), "0005"),
            (Number.Of((Int128)long.MaxValue + 1), "0100000000000000800000000000000000"),
            (Number.Of(1.5m), "020F000000000000000000000000000100"),
            (Number.Of(0.5), "03000000000000E03F"),
        ];
        foreach ((Number number, string bytes) in golden)
        {
            var writer = new ByteWriter();
            number.WriteTo(writer);
            Assert.Equal(bytes, Convert.ToHexString(writer.Written));
            var reader = new ByteReader(writer.Written);
            Assert.True(Number.TryRead(ref reader, out Number back));
            Assert.Equal(number, back);
        }
    }

    [Fact]
    public void Read_OfUnknownKindOrTornBytes_Fails()
    {
        foreach (byte[] bytes in new byte[][] { [9], [1, 2], [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0, 0, 0], [] })
        {
            var reader = new ByteReader(bytes);
            Assert.False(Number.TryRead(ref reader, out _));
        }
    }
}
