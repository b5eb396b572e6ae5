using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Transports;

namespace MultiCloudKv.Replicator.Tests.Support;

/// <summary>Heads of messages of region 1 that nothing else is known of.</summary>
internal static class TestHeaders
{
    public static MessageHeader Of(MessageKind kind, int partition, ulong sequence, ulong previous) => new()
    {
        Kind = kind,
        Origin = 1,
        Partition = partition,
        Generation = 1,
        Incarnation = 1,
        History = HistoryId.None,
        Sequence = sequence,
        Previous = previous,
        FirstStamp = 1,
        LastStamp = 1,
        Chunks = 1,
    };
}
