using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Transports.Direct;

/// <summary>
/// The transport without a broker: each region pulls from the others' replicators, which serve their messages from the
/// binlog files (<see cref="PullServer"/>). The binlog is the queue, so nothing is stored twice and nothing needs confirming
/// but what the receivers' heartbeats say.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class DirectTransport(string clusterId, byte region, int partitions, PeerChannels peers) : ITransport
{
    private static readonly TimeSpan FirstReplyTimeout = TimeSpan.FromSeconds(10);

    public string Name => "direct";

    public long ConfirmedPosition => long.MaxValue;

    public Task ShipAsync(CancellationToken cancel) => Task.Delay(Timeout.InfiniteTimeSpan, cancel);

    public async ValueTask<IOriginFeed> OpenAsync(byte origin, IReadOnlyList<FeedStart> from, CancellationToken cancel)
    {
        RpcChannel channel = peers.Of(origin) ?? throw new RpcException(RpcStatus.Unavailable, $"region {origin} is no peer of this one");
        var request = new PullRequest { ClusterId = clusterId, Region = region, Partitions = (uint)partitions };
        foreach (FeedStart start in from)
        {
            request.From.Add(new PullFrom
            {
                Partition = (uint)start.Partition,
                Sequence = start.Sequence,
                HistoryId = PartitionCursor.WriteHistory(start.History),
                Incarnation = start.Incarnation,
            });
        }

        RpcStream<PullReply> stream = await channel.StreamAsync(ReplicatorMethods.Pull, request, null, cancel);
        try
        {
            PullReply first = await stream.Replies.ReadAsync(cancel).AsTask().WaitAsync(FirstReplyTimeout, cancel)
                ?? throw new RpcException(RpcStatus.Unavailable, "the peer ended the stream at once");
            return new DirectFeed(stream, first);
        }
        catch (Exception e)
        {
            await stream.DisposeAsync();
            if (e is TimeoutException)
                throw new RpcException(RpcStatus.Unavailable, "the peer did not answer", e);
            throw;
        }
    }

    public IAsyncEnumerable<ReceivedMessage> ReadOwnAsync(IReadOnlyList<FeedStart> from, CancellationToken cancel) =>
        AsyncEnumerable.Empty<ReceivedMessage>();

    public ValueTask<bool> ReshipOwnAsync(int partition, ulong afterSequence, CancellationToken cancel) => new(true);

    public ValueTask DisposeAsync() => default;
}
