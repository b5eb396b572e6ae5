namespace MultiCloudKv.Resp.Tests;

public sealed class RespReaderTests
{
    [Fact]
    public void TrySkipReply_EveryPrefixOfAReply_WaitsForTheWhole()
    {
        byte[] reply = "%2\r\n+k\r\n*2\r\n:1\r\n$-1\r\n$3\r\na\r\n\r\n~1\r\n#t\r\n"u8.ToArray();
        for (int length = 0; length < reply.Length; length++)
        {
            var partial = new RespReader(reply.AsSpan(0, length));
            Assert.False(partial.TrySkipReply());
            Assert.Equal(0, partial.Position);
        }

        var whole = new RespReader(reply);
        Assert.True(whole.TrySkipReply());
        Assert.Equal(reply.Length, whole.Position);
    }

    [Fact]
    public void TryReadFrame_WhatTheWriterWrote_ReadsTheSame()
    {
        var writer = new RespWriter { Protocol = 3 };
        writer.MapHeader(1);
        writer.Bulk("key"u8);
        writer.Double(2.5);
        var reader = new RespReader(writer.Written);
        Assert.True(reader.TryReadFrame());
        Assert.Equal((RespType.Map, 2), (reader.Type, reader.Children));
        Assert.True(reader.TryReadFrame());
        Assert.True(reader.Value.SequenceEqual("key"u8));
        Assert.True(reader.TryReadFrame());
        Assert.Equal(RespType.Double, reader.Type);
        Assert.True(reader.Value.SequenceEqual("2.5"u8));
        Assert.False(reader.TryReadFrame());
    }
}
