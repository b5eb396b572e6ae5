using System.Security.Cryptography;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Transports;

namespace MultiCloudKv.Replicator.Tests;

/// <summary>The format of messages between regions: version 1, byte by byte.</summary>
public sealed class MessageFormatTests
{
    private const string GoldenHead =
        "4d4b0101" + "07" + "00" + "0300" + "02000000" + "05000000" + "00112233445566778899aabbccddeeff"
        + "2a00000000000000" + "2800000000000000" + "0100000000000100" + "0200000000000100" + "0c00" + "0d00" + "02000000" + "0000" + "0100" + "03000000" + "03000000";

    private static readonly MessageHeader Sample = new()
    {
        Kind = MessageKind.Changes,
        Origin = 7,
        Partition = 3,
        Generation = 2,
        Incarnation = 5,
        History = HistoryId.Parse("00112233445566778899aabbccddeeff"),
        Sequence = 42,
        Previous = 40,
        FirstStamp = HybridTime.FromMs(1L << 32) + 1,
        LastStamp = HybridTime.FromMs(1L << 32) + 2,
        FirstSlot = 12,
        LastSlot = 13,
        Entries = 2,
        Chunks = 1,
        PlainLength = 3,
    };

    [Fact]
    public void Header_Version1_IsTheGoldenBytes()
    {
        byte[] message = Message([1, 2, 3]);
        Assert.Equal(GoldenHead, Convert.ToHexStringLower(message.AsSpan(0, MessageHeader.Length - 4)));
        Assert.Equal(MessageHeader.Length + 3, message.Length);
        Assert.True(ReceivedMessage.TryRead(message, 9, out ReceivedMessage read, out _));
        Assert.Equal(Sample, read.Header);
        Assert.Equal(9, read.Offset);
        Assert.True(read.TryPlain(out ReadOnlyMemory<byte> plain));
        Assert.Equal([1, 2, 3], plain.ToArray());
    }

    [Fact]
    public void Header_AnyByteFlipped_IsRefused()
    {
        byte[] message = Message([1, 2, 3]);
        for (int i = 0; i < message.Length; i++)
        {
            message[i] ^= 0x40;
            Assert.False(ReceivedMessage.TryRead(message, -1, out _, out string wrong), $"byte {i}");
            Assert.NotEmpty(wrong);
            message[i] ^= 0x40;
        }

        Assert.False(ReceivedMessage.TryRead(message.AsMemory(0, message.Length - 1), -1, out _, out _));
        Assert.False(ReceivedMessage.TryRead(default, -1, out _, out _));
    }

    [Fact]
    public void Header_NewerVersion_IsRefusedByName()
    {
        byte[] message = Message([]);
        message[2] = 2;
        Assert.False(ReceivedMessage.TryRead(message, -1, out _, out string wrong));
        Assert.Contains("newer", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void Heartbeat_Body_ComesBack()
    {
        var applied = new StampVector { [3] = 77, [9] = 1UL << 60 };
        var writer = new ByteWriter();
        new HeartbeatBody(5, -1, true, applied).Write(writer);
        Assert.True(HeartbeatBody.TryRead(writer.Written, out HeartbeatBody? body));
        Assert.Equal((5UL, -1L, true), (body!.Frontier, body.ClockMs, body.AckWanted));
        Assert.Equal(applied, body.Applied);
        Assert.False(HeartbeatBody.TryRead(writer.Written[..^1], out _));
    }

    [Fact]
    public void Random_Bytes_AreNeverTakenForAMessage()
    {
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(0, 300));
            Assert.False(ReceivedMessage.TryRead(bytes, -1, out _, out _));
            HeartbeatBody.TryRead(bytes, out _);
        }
    }

    private static byte[] Message(ReadOnlySpan<byte> payload)
    {
        var writer = new ByteWriter();
        (Sample with { PlainLength = payload.Length }).Write(writer, payload);
        return writer.Written.ToArray();
    }
}
