using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Transports;

/// <summary>
/// How this region's messages reach the other regions and theirs reach this one. Two implementations: direct (peers
/// pull from this region's binlog files) and kafka (a topic per region); one contract suite tests both.
/// </summary>
/// <remarks>
/// Whatever the transport, messages of one partition arrive in the order they were shipped, or with a hole that the
/// receiver sees by the sequences; each may arrive more than once. Thread-safe.
/// </remarks>
public interface ITransport : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Makes this region's messages available. Returns when it is cancelled; throws what an operator must mend.</summary>
    Task ShipAsync(CancellationToken cancel);

    /// <summary>Opens the stream of an origin's messages behind the given places. One feed per origin at a time.</summary>
    ValueTask<IOriginFeed> OpenAsync(byte origin, IReadOnlyList<FeedStart> from, CancellationToken cancel);

    /// <summary>
    /// This region's own messages behind the given places as the transport still holds them, up to its end: what a node
    /// that lost its tail takes back before it writes. Empty where the transport has no log of its own.
    /// </summary>
    IAsyncEnumerable<ReceivedMessage> ReadOwnAsync(IReadOnlyList<FeedStart> from, CancellationToken cancel);

    /// <summary>Peers ask to have a partition shipped again behind a sequence. False: the binlog no longer reaches back there.</summary>
    ValueTask<bool> ReshipOwnAsync(int partition, ulong afterSequence, CancellationToken cancel);

    /// <summary>Binlog position up to which the transport has confirmed this region's messages, or long.MaxValue where it keeps none.</summary>
    long ConfirmedPosition { get; }
}
