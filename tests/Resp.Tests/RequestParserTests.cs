using System.Text;

namespace MultiCloudKv.Resp.Tests;

public sealed class RequestParserTests
{
    [Theory]
    [InlineData("*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n", "ECHO|hi")]
    [InlineData("*1\r\n$0\r\n\r\n", "")]
    [InlineData("PING\r\n", "PING")]
    [InlineData("PING\n", "PING")]
    [InlineData("  SET  a   b \r\n", "SET|a|b")]
    [InlineData("SET \"a b\" 'c\\'d'\r\n", "SET|a b|c'd")]
    [InlineData("SET \"\\x41\\n\" \"\"\r\n", "SET|A\n|")]
    public void Parse_WholeCommand_ListsItsArguments(string request, string expected)
    {
        var parser = new RequestParser();
        byte[] bytes = Encoding.Latin1.GetBytes(request);
        Assert.Equal(ParseStatus.Complete, parser.Parse(bytes, 0, bytes.Length, RequestLimits.Default, true, out int consumed));
        Assert.Equal(bytes.Length, consumed);
        Assert.Equal(expected, Joined(parser));
    }

    [Theory]
    [InlineData("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$12\r\nhello\r\nworld\r\n", "SET|key|hello\r\nworld")]
    [InlineData("SET key 'hello world'\r\n", "SET|key|hello world")]
    public void Parse_ArrivingByteByByteAndMoved_SameAsWhole(string request, string expected)
    {
        var parser = new RequestParser();
        byte[] whole = Encoding.Latin1.GetBytes(request);
        for (int length = 1; length <= whole.Length; length++)
        {
            // The owner may copy the bytes elsewhere between two calls.
            int shift = length % 7;
            byte[] moved = new byte[shift + length];
            whole.AsSpan(0, length).CopyTo(moved.AsSpan(shift));
            ParseStatus status = parser.Parse(moved, shift, length, RequestLimits.Default, true, out int consumed);
            Assert.Equal(length == whole.Length ? ParseStatus.Complete : ParseStatus.Incomplete, status);
            Assert.True(status == ParseStatus.Complete || parser.BytesWanted > length);
            Assert.Equal(status == ParseStatus.Complete ? length : 0, consumed);
        }

        Assert.Equal(expected, Joined(parser));
    }

    [Fact]
    public void Parse_Pipeline_OneCommandACall()
    {
        var parser = new RequestParser();
        byte[] bytes = "*1\r\n$4\r\nPING\r\nECHO x\r\n*0\r\n\r\n*-1\r\n*2\r\n$4\r\nECHO\r\n$1\r\ny\r\n"u8.ToArray();
        var seen = new List<string>();
        int at = 0;
        while (at < bytes.Length)
        {
            Assert.Equal(ParseStatus.Complete, parser.Parse(bytes, at, bytes.Length - at, RequestLimits.Default, true, out int consumed));
            at += consumed;
            seen.Add(Joined(parser));
        }

        Assert.Equal(["PING", "ECHO|x", "", "", "", "ECHO|y"], seen);
    }

    [Theory]
    [InlineData("*2\r\nECHO\r\n", "ERR Protocol error: expected '$', got 'E'")]
    [InlineData("*x\r\n", "ERR Protocol error: invalid multibulk length")]
    [InlineData("*1048577\r\n", "ERR Protocol error: invalid multibulk length")]
    [InlineData("*20000000000000000000\r\n", "ERR Protocol error: invalid multibulk length")]
    [InlineData("*1\r\n$-5\r\n", "ERR Protocol error: invalid bulk length")]
    [InlineData("*1\r\n$x\r\n", "ERR Protocol error: invalid bulk length")]
    [InlineData("*1\r\n$536870913\r\n", "ERR Protocol error: invalid bulk length")]
    [InlineData("SET \"a\r\n", "ERR Protocol error: unbalanced quotes in request")]
    [InlineData("SET \"a\"b\r\n", "ERR Protocol error: unbalanced quotes in request")]
    public void Parse_Malformed_SaysWhyInRedissWords(string request, string error)
    {
        var parser = new RequestParser();
        byte[] bytes = Encoding.Latin1.GetBytes(request);
        Assert.Equal(ParseStatus.Malformed, parser.Parse(bytes, 0, bytes.Length, RequestLimits.Default, true, out _));
        Assert.Equal(error, parser.Error);
    }

    [Theory]
    [InlineData("*11\r\n", "ERR Protocol error: unauthenticated multibulk length")]
    [InlineData("*1\r\n$16385\r\n", "ERR Protocol error: unauthenticated bulk length")]
    public void Parse_BeforeAuthentication_SmallerLimits(string request, string error)
    {
        var parser = new RequestParser();
        byte[] bytes = Encoding.Latin1.GetBytes(request);
        Assert.Equal(ParseStatus.Incomplete, new RequestParser().Parse(bytes, 0, bytes.Length, RequestLimits.Default, true, out _));
        Assert.Equal(ParseStatus.Malformed, parser.Parse(bytes, 0, bytes.Length, RequestLimits.Default, false, out _));
        Assert.Equal(error, parser.Error);
    }

    [Theory]
    [InlineData('P', "ERR Protocol error: too big inline request")]
    [InlineData('*', "ERR Protocol error: too big mbulk count string")]
    public void Parse_LineWithoutEnd_Bounded(char first, string error)
    {
        byte[] bytes = new byte[70_000];
        bytes.AsSpan().Fill((byte)'1');
        bytes[0] = (byte)first;
        var parser = new RequestParser();
        Assert.Equal(ParseStatus.Malformed, parser.Parse(bytes, 0, bytes.Length, RequestLimits.Default, true, out _));
        Assert.Equal(error, parser.Error);
    }

    [Fact]
    public void Parse_RandomBytes_NeverThrowsNorConsumesTooMuch()
    {
        var random = new Random(17);
        byte[] alphabet = "*$\r\n0123456789-PINGSET \"'\\x"u8.ToArray();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[random.Next(1, 40)];
            for (int i = 0; i < bytes.Length; i++)
                bytes[i] = random.Next(20) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            var parser = new RequestParser();
            ParseStatus status = parser.Parse(bytes, 0, bytes.Length, RequestLimits.Default, true, out int consumed);
            Assert.InRange(consumed, status == ParseStatus.Complete ? 1 : 0, status == ParseStatus.Complete ? bytes.Length : 0);
            Joined(parser);
        }
    }

    private static string Joined(RequestParser parser) =>
        string.Join('|', Enumerable.Range(0, parser.Arguments.Count).Select(i => Encoding.Latin1.GetString(parser.Arguments[i])));
}
