using MultiCloudKv.Replicator.Ship;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>
/// What one message of Kafka's holds: messages of ours, each with its head and checksum as it would be alone, one behind the other. A round of the
/// shipper is one such bundle where it fits, so that brokers and client libraries handle one message instead of one for each partition.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>A bundle holds at most one message of a partition of the system. So the place behind the bundle is the place behind each message in it.</item>
/// <item>It is no larger than the largest message, unless it holds a single one.</item>
/// <item>A head says how long its message is. Where it can't be read, the rest of the bundle can't be told apart: it is one damaged message,
/// and what it held is missed by the sequences of those that follow.</item>
/// </list>
/// Not thread-safe; gathers for one partition of the topic.
/// </remarks>
internal sealed class Bundle(int partitions, int bytesMax)
{
    private readonly List<OutMessage> _messages = [];
    private readonly bool[] _holds = new bool[partitions];
    private int _bytes;

    /// <summary>Takes a message. False: it belongs into the next bundle.</summary>
    public bool TryAdd(in OutMessage message)
    {
        if (_bytes > 0 && (_holds[message.Partition] || _bytes + message.Bytes.Length > bytesMax))
            return false;
        _messages.Add(message);
        _holds[message.Partition] = true;
        _bytes += message.Bytes.Length;
        return true;
    }

    /// <summary>The bytes of what was gathered, and begins anew. Empty: nothing was.</summary>
    public byte[] Take()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(_bytes);
        int at = 0;
        foreach (OutMessage message in _messages)
        {
            message.Bytes.CopyTo(bytes.AsMemory(at));
            at += message.Bytes.Length;
            _holds[message.Partition] = false;
        }

        _messages.Clear();
        _bytes = 0;
        return bytes;
    }

    /// <summary>The messages of a bundle, none of them checked.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> bundle)
    {
        while (MessageHeader.TryPeekLength(bundle.Span, out int length) && length < bundle.Length)
        {
            yield return bundle[..length];
            bundle = bundle[length..];
        }

        yield return bundle;
    }
}
