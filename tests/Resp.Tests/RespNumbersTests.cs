using System.Text;

namespace MultiCloudKv.Resp.Tests;

public sealed class RespNumbersTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-1", -1)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void TryParseInt64_Canonical_Accepted(string text, long expected)
    {
        Assert.True(RespNumbers.TryParseInt64(Encoding.ASCII.GetBytes(text), out long value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("-0")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1.0")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    [InlineData("18446744073709551616")]
    [InlineData("100000000000000000000")]
    public void TryParseInt64_AnythingElse_Refused(string text) => Assert.False(RespNumbers.TryParseInt64(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("1", 1)]
    [InlineData("000000123456", 123456)]
    [InlineData("999999999999999", 999999999999999)]
    [InlineData("9007199254740993", 9007199254740992)]
    [InlineData("+1.5", 1.5)]
    [InlineData("-.5", -0.5)]
    [InlineData("1.", 1)]
    [InlineData("1e3", 1000)]
    [InlineData("0", 0)]
    [InlineData("0e5", 0)]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("+Infinity", double.PositiveInfinity)]
    [InlineData("-INF", double.NegativeInfinity)]
    public void TryParseDouble_AsStrtodReads_Accepted(string text, double expected)
    {
        Assert.True(RespNumbers.TryParseDouble(Encoding.ASCII.GetBytes(text), out double value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("nan")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1e")]
    [InlineData("1,5")]
    [InlineData("1e400")]
    [InlineData("1e-400")]
    [InlineData("infinit")]
    public void TryParseDouble_AnythingElse_Refused(string text) => Assert.False(RespNumbers.TryParseDouble(Encoding.ASCII.GetBytes(text), out _));
}
