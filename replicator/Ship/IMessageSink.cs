using MultiCloudKv.Replicator.Transports;

namespace MultiCloudKv.Replicator.Ship;

/// <summary>Where a shipper's messages go: a peer's pull stream, or a topic.</summary>
public interface IMessageSink
{
    /// <summary>
    /// Takes messages in order. Waiting here is the back-pressure: the shipper reads no further meanwhile.
    /// </summary>
    /// <param name="messages">Not kept after the call has ended.</param>
    /// <param name="position">Everything of the binlog below it has been given to this sink with this call or before.</param>
    ValueTask SendAsync(IReadOnlyList<OutMessage> messages, long position, CancellationToken cancel);

    /// <summary>A partition can't be shipped to this receiver any further: what it has is of another past.</summary>
    ValueTask RefuseAsync(FeedRefusal refusal, CancellationToken cancel);
}
