using MultiCloudKv.Replicator.Transports;

namespace MultiCloudKv.Replicator.Tests.Support;

/// <summary>Puts what a test wants between a real transport and its receiver: each message may be dropped, doubled or kept.</summary>
internal sealed class FaultyTransport(ITransport inner, Func<ReceivedMessage, int> copies) : ITransport
{
    public string Name => inner.Name;

    public long ConfirmedPosition => inner.ConfirmedPosition;

    public Task ShipAsync(CancellationToken cancel) => inner.ShipAsync(cancel);

    public async ValueTask<IOriginFeed> OpenAsync(byte origin, IReadOnlyList<FeedStart> from, CancellationToken cancel) =>
        new Feed(await inner.OpenAsync(origin, from, cancel), copies);

    public IAsyncEnumerable<ReceivedMessage> ReadOwnAsync(IReadOnlyList<FeedStart> from, CancellationToken cancel) => inner.ReadOwnAsync(from, cancel);

    public ValueTask<bool> ReshipOwnAsync(int partition, ulong afterSequence, CancellationToken cancel) => inner.ReshipOwnAsync(partition, afterSequence, cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Feed(IOriginFeed inner, Func<ReceivedMessage, int> copies) : IOriginFeed
    {
        public IReadOnlyList<FeedRefusal> Refusals => inner.Refusals;

        public string Topic => inner.Topic;

        public bool Ended => inner.Ended;

        public async ValueTask<IReadOnlyList<ReceivedMessage>> FetchAsync(CancellationToken cancel)
        {
            var passed = new List<ReceivedMessage>();
            foreach (ReceivedMessage message in await inner.FetchAsync(cancel))
                passed.AddRange(Enumerable.Repeat(message, copies(message)));
            return passed;
        }

        public ValueTask<ReshipAnswer> ReshipAsync(int partition, ulong afterSequence, CancellationToken cancel) => inner.ReshipAsync(partition, afterSequence, cancel);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
