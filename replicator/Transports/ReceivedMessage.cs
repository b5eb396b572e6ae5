using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Transports;

/// <summary>A message that was received: its checked head, its payload, and its place in the transport.</summary>
/// <param name="Payload">As it travelled; <see cref="MessageHeader.Flags"/> says whether it is compressed.</param>
/// <param name="Offset">The place after it in a transport that has its own log, otherwise -1.</param>
public readonly record struct ReceivedMessage(MessageHeader Header, ReadOnlyMemory<byte> Payload, long Offset)
{
    /// <summary>Checks a message's head and checksum.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> message, long offset, out ReceivedMessage read, out string wrong)
    {
        bool good = MessageHeader.TryRead(message.Span, out MessageHeader header, out wrong);
        read = good ? new ReceivedMessage(header, message[MessageHeader.Length..], offset) : default;
        return good;
    }

    /// <summary>The payload in plain.</summary>
    public bool TryPlain(out ReadOnlyMemory<byte> plain)
    {
        if ((Header.Flags & MessageFlags.Lz4) == 0)
        {
            plain = Payload;
            return Payload.Length == Header.PlainLength;
        }

        plain = default;
        if (Header.PlainLength is < 0 or > MessageLimits.MessageBytesMax || !Lz4.Available)
            return false;
        byte[] buffer = GC.AllocateUninitializedArray<byte>(Header.PlainLength);
        plain = buffer;
        return Lz4.TryDecompress(Payload.Span, buffer);
    }
}
