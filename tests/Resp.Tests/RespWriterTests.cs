using System.Globalization;
using System.Text;

namespace MultiCloudKv.Resp.Tests;

public sealed class RespWriterTests
{
    [Fact]
    public void EveryType_InBothProtocols_WrittenAsSpecified()
    {
        Assert.Equal("$-1\r\n*-1\r\n:1\r\n$3\r\n1.5\r\n$4\r\ntext\r\n$3\r\n123\r\n", Written(2, All));
        Assert.Equal("_\r\n_\r\n#t\r\n,1.5\r\n=8\r\ntxt:text\r\n(123\r\n", Written(3, All));

        static void All(RespWriter w)
        {
            w.Null();
            w.NullArray();
            w.Bool(true);
            w.Double(1.5);
            w.Verbatim("txt"u8, "text"u8);
            w.BigNumber("123"u8);
        }
    }

    [Fact]
    public void Aggregates_InBothProtocols_CountPairsOrElements()
    {
        Assert.Equal("*2\r\n*4\r\n*3\r\n", Written(2, Headers));
        Assert.Equal("*2\r\n%2\r\n~3\r\n", Written(3, Headers));

        static void Headers(RespWriter w)
        {
            w.ArrayHeader(2);
            w.MapHeader(2);
            w.SetHeader(3);
        }
    }

    [Theory]
    [InlineData(0, ":0\r\n")]
    [InlineData(9, ":9\r\n")]
    [InlineData(10, ":10\r\n")]
    [InlineData(-1, ":-1\r\n")]
    [InlineData(long.MinValue, ":-9223372036854775808\r\n")]
    [InlineData(long.MaxValue, ":9223372036854775807\r\n")]
    public void Integer_AnyValue_InDecimal(long value, string expected) => Assert.Equal(expected, Written(2, w => w.Integer(value)));

    [Fact]
    public void DeferredArray_NestedAndLong_HeaderStandsBeforeItsElements()
    {
        string text = Written(2, static w =>
        {
            int outer = w.BeginDeferred();
            int inner = w.BeginDeferred();
            for (int i = 0; i < 1000; i++)
                w.Bulk("x"u8);
            w.EndArray(inner, 1000);
            w.Integer(7);
            w.EndArray(outer, 2);
        });
        Assert.StartsWith("*2\r\n*1000\r\n$1\r\nx\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("x\r\n:7\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncate_ToMark_TakesBackWhatFollowed() => Assert.Equal("+OK\r\n:1\r\n", Written(2, static w =>
    {
        w.Ok();
        int mark = w.Mark();
        w.Bulk(new byte[100_000]);
        w.Truncate(mark);
        w.Integer(1);
    }));

    [Fact]
    public void Error_WithLineEndsInside_StaysOneLine() => Assert.Equal("-ERR a  b\r\n", Written(2, static w => w.Error("ERR a\r\nb")));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(3, "3")]
    [InlineData(-17, "-17")]
    [InlineData(3.3, "3.2999999999999998")]
    [InlineData(0.1, "0.10000000000000001")]
    [InlineData(1.5, "1.5")]
    [InlineData(1e20, "1e+20")]
    [InlineData(1e16, "10000000000000000")]
    [InlineData(1.25e-5, "1.2500000000000001e-05")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(1e300, "1.0000000000000001e+300")]
    [InlineData(123456789.125, "123456789.125")]
    [InlineData(double.PositiveInfinity, "inf")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void Double_AnyValue_AsPercent17g(double value, string expected)
    {
        Span<byte> digits = stackalloc byte[RespNumbers.DoubleBytesMax];
        Assert.Equal(expected, Encoding.ASCII.GetString(digits[..RespNumbers.FormatDouble(value, digits)]));
    }

    [Fact]
    public void Double_RandomValues_ReadBackTheSame()
    {
        var random = new Random(5);
        Span<byte> digits = stackalloc byte[RespNumbers.DoubleBytesMax];
        for (int i = 0; i < 50_000; i++)
        {
            double value = BitConverter.Int64BitsToDouble(random.NextInt64());
            if (!double.IsFinite(value))
                continue;
            int length = RespNumbers.FormatDouble(value, digits);
            Assert.Equal(value, double.Parse(digits[..length], CultureInfo.InvariantCulture));
        }
    }

    private static string Written(int protocol, Action<RespWriter> write)
    {
        var writer = new RespWriter(64) { Protocol = protocol };
        write(writer);
        return Encoding.Latin1.GetString(writer.Written);
    }
}
