using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>
/// The transport through Kafka: each region ships into a topic of its own cluster, the others consume from it. A
/// partition of the system always travels in the same one of the topic's (<see cref="TopicLayout"/>): order per partition is order per slot.
/// </summary>
/// <remarks>
/// Kafka is trusted to keep what it confirmed and the order of a partition; neither is believed blindly. Every message carries
/// its sequence and the one before, receivers' cursors are the node's own and not the broker's, and what turns out to be missing is shipped
/// again from the binlog as far as that reaches. So a topic may be lost, truncated or made anew without a silent gap.
/// Thread-safe.
/// </remarks>
public sealed class KafkaTransport : ITransport
{
    private static readonly TimeSpan SilenceMin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan DisposePatience = TimeSpan.FromSeconds(5);
    private const int SilentHeartbeats = 20;
    private readonly TransportParts _parts;
    private readonly ILogger _log;
    private readonly KafkaTopic _topic;
    private readonly KafkaShipper _shipper;
    private readonly KafkaClients _own;
    private Task _shipping = Task.CompletedTask;

    /// <exception cref="EnvironmentException">The native client library is not installed, or a region's client properties are wrong.</exception>
    public KafkaTransport(TransportParts parts)
    {
        KafkaLibrary.Load();
        _parts = parts;
        _log = parts.Loggers.CreateLogger<KafkaTransport>();
        foreach (string region in parts.Config.KafkaProperties.Keys)
            new KafkaClients(parts.Config, region, _log).Check();
        _own = new KafkaClients(parts.Config, parts.Config.RegionName, _log);
        var progress = new ShipProgress(Path.Combine(parts.Config.ReplicatorDirectory, "shipped"), parts.Ship.Generation, parts.Ship.Partitions.Count, parts.Counters);
        _topic = new KafkaTopic(parts.Config, TopicOf(parts.Config.RegionName), _own, parts.Alarms, progress);
        _shipper = new KafkaShipper(parts, _topic, _own, progress, _log);
    }

    public string Name => "kafka";

    public long ConfirmedPosition => _shipper.ConfirmedPosition;

    public Task ShipAsync(CancellationToken cancel) => _shipping = _shipper.RunAsync(cancel);

    public async ValueTask<IOriginFeed> OpenAsync(byte origin, IReadOnlyList<FeedStart> from, CancellationToken cancel)
    {
        RpcChannel channel = _parts.Peers.Of(origin) ?? throw new RpcException(RpcStatus.Unavailable, $"region {origin} is no peer of this one");
        string region = _parts.Config.NameOf(origin);
        var clients = new KafkaClients(_parts.Config, region, _log);
        var arrivals = new KafkaArrivals();
        KafkaReader first = await KafkaReader.OpenAsync(clients, TopicOf(region), from, ReadPurpose.Follow, arrivals, _log, cancel);
        var reship = new ReshipRequest { ClusterId = _parts.Config.ClusterId, Region = _parts.Config.RegionId };
        var feed = new KafkaFeed(arrivals, first, region, channel, reship, SilenceMax, _parts.Alarms);
        try
        {
            if (first.Left.Count > 0)
                feed.Add(await KafkaReader.OpenAsync(clients, TopicOf(region), first.Left, ReadPurpose.CatchUp, arrivals, _log, cancel));
            return feed;
        }
        catch
        {
            await feed.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// A message that leaves a hole is passed over: what was missing was shipped again, further on in the topic. If it was not,
    /// the end is not reached and this throws.
    /// </summary>
    public async IAsyncEnumerable<ReceivedMessage> ReadOwnAsync(IReadOnlyList<FeedStart> from, [EnumeratorCancellation] CancellationToken cancel)
    {
        var arrivals = new KafkaArrivals();
        KafkaReader? opened = await OpenOwnAsync(from, arrivals, cancel);
        if (opened is null)
            yield break;
        await using KafkaReader reader = opened;
        var tail = new OwnTail(from, reader.Ends);
        var messages = new List<ReceivedMessage>();
        while (!tail.AtEnd)
        {
            IReadOnlyList<KafkaArrival> arrived = await arrivals.TakeAsync(SilenceMax, cancel);
            if (arrived.Count == 0)
                throw new RpcException(RpcStatus.Unavailable, $"{reader.Topic} at {_own.Bootstrap} can't be read to its end");
            foreach ((KafkaReader _, ConsumeResult<Ignore, byte[]> result) in arrived)
            {
                messages.Clear();
                _ = reader.Read(result, messages);
                foreach (ReceivedMessage message in messages.Where(m => tail.Take(m.Header)))
                    yield return message;
                tail.Pass(result.Partition.Value, result.Offset.Value + 1);
            }
        }

        if (tail.Missing is { } missing)
            throw new RpcException(RpcStatus.DataLoss, $"{reader.Topic} at {_own.Bootstrap}: {missing}");
    }

    public ValueTask<bool> ReshipOwnAsync(int partition, ulong afterSequence, CancellationToken cancel) => _shipper.ReshipAsync(partition, afterSequence, cancel);

    /// <summary>After shipping was cancelled: waits for what is on its way, and the checkpoint.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAny(_shipping, Task.Delay(DisposePatience));
        if (_shipping.IsCompleted)
            _shipper.Dispose();
    }

    private TimeSpan SilenceMax
    {
        get
        {
            TimeSpan heartbeats = _parts.Config.Replication.HeartbeatInterval * SilentHeartbeats;
            return heartbeats > SilenceMin ? heartbeats : SilenceMin;
        }
    }

    private string TopicOf(string region) => KafkaTopic.NameOf(_parts.Config.ClusterId, region, _parts.Ship.Generation);

    /// <summary>Null: this region has no topic yet, so nothing was ever shipped.</summary>
    /// <exception cref="EnvironmentException">What the topic holds can't be told by its partitions.</exception>
    private async Task<KafkaReader?> OpenOwnAsync(IReadOnlyList<FeedStart> from, KafkaArrivals arrivals, CancellationToken cancel)
    {
        try
        {
            KafkaReader reader = await KafkaReader.OpenAsync(_own, TopicOf(_parts.Config.RegionName), from, ReadPurpose.TakeBack, arrivals, _log, cancel);
            if (!_topic.HasGrown(reader.Layout.Kafka))
                return reader;
            await reader.DisposeAsync();
            throw new EnvironmentException(_topic.Grown(reader.Layout.Kafka));
        }
        catch (IOException e) when (e.InnerException is KafkaException { Error.Code: ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition })
        {
            return null;
        }
        catch (IOException e) when (e.InnerException is KafkaException { Error.Code: ErrorCode.InvalidPartitions })
        {
            throw new EnvironmentException(e.Message, e);
        }
        catch (IOException e)
        {
            throw new RpcException(RpcStatus.Unavailable, e.Message, e);
        }
    }
}
