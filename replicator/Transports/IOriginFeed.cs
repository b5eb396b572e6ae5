namespace MultiCloudKv.Replicator.Transports;

/// <summary>The stream of one origin's messages. One reader.</summary>
public interface IOriginFeed : IAsyncDisposable
{
    /// <summary>Partitions that can't be served: known once the feed is open, and more with any fetch.</summary>
    IReadOnlyList<FeedRefusal> Refusals { get; }

    /// <summary>Where the messages' offsets count; empty where the transport has no log of its own.</summary>
    string Topic { get; }

    /// <summary>The origin ended the feed in good order: nothing more comes.</summary>
    bool Ended { get; }

    /// <summary>
    /// Waits until something has arrived and takes all of it, up to a few hundred kilobytes. The messages are valid until
    /// the next call. May be empty: a refusal came, or the feed has ended.
    /// </summary>
    ValueTask<IReadOnlyList<ReceivedMessage>> FetchAsync(CancellationToken cancel);

    /// <summary>
    /// A message is missing: asks for everything of a partition behind a sequence again. Answers how the receiver goes on.
    /// </summary>
    ValueTask<ReshipAnswer> ReshipAsync(int partition, ulong afterSequence, CancellationToken cancel);
}
