using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>
/// The topic of a region: its name, and what it must be like for the guarantees to hold. Where it is missing it is made; where
/// one is there that can't work (a number of partitions that <see cref="TopicLayout"/> rules out, compaction) shipping is refused with
/// one line; where one is there that weakens a guarantee an alarm says which.
/// </summary>
/// <remarks>Owned by the shipper; two checks at a time do no harm.</remarks>
internal sealed class KafkaTopic(NodeConfig config, string name, KafkaClients clients, AlarmBook alarms, ShipProgress progress)
{
    public const string Subject = "kafka topic";
    private const string LayoutSubject = "kafka topic's partitions";
    private const int ReplicasMax = 3;
    private const int RecordOverheadBytes = 512;
    private const int LargestFallback = 1 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DescribePause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LeaderPoll = TimeSpan.FromMilliseconds(50);

    private long _describeAgainAt;
    private long _lookAgainAt;

    /// <summary>The settings could not be read, and it is time to try again.</summary>
    public bool IsToBeRead => _describeAgainAt != 0 && Environment.TickCount64 >= _describeAgainAt;

    /// <summary>It is time to see whether partitions were added.</summary>
    public bool IsToBeLookedAt => Environment.TickCount64 >= _lookAgainAt;

    public string Name => name;

    public static string NameOf(string cluster, string region, uint generation) =>
        string.Create(CultureInfo.InvariantCulture, $"mckv.{cluster}.{region}.g{generation}");

    /// <summary>Makes or checks the topic; returns the largest payload a message may carry, and what travels where.</summary>
    /// <exception cref="EnvironmentException">The topic contradicts what this system needs.</exception>
    /// <exception cref="KafkaException">No broker answers.</exception>
    public async Task<(int MessageBytes, TopicLayout Layout)> EnsureAsync(CancellationToken cancel)
    {
        using IAdminClient admin = clients.Admin();
        Dictionary<string, string>? settings = await DescribeAsync(admin, cancel);
        if (settings is null)
        {
            // A broker may know of a topic later than the controller that made it.
            await CreateAsync(admin, cancel);
            await LeadersAsync(admin, cancel);
            settings = await DescribeAsync(admin, cancel) ?? throw new KafkaException(new Error(ErrorCode.LeaderNotAvailable, $"topic {name} was made and is not seen yet"));
        }

        if (settings.Count == 0)
            await CreateWhereMissingAsync(admin, cancel);

        TopicMetadata metadata = await LeadersAsync(admin, cancel);
        TopicLayout layout = Check(metadata, settings);
        int largest = int.TryParse(settings.GetValueOrDefault("max.message.bytes"), CultureInfo.InvariantCulture, out int bytes) ? bytes : LargestFallback;
        return (Math.Min(config.Replication.MessageBytes, largest - MessageHeader.Length - RecordOverheadBytes), layout);
    }

    /// <summary>While shipping goes on: partitions that are added are alarmed for. It goes on as it began.</summary>
    /// <exception cref="KafkaException">No broker answers.</exception>
    public async Task LookAgainAsync(CancellationToken cancel)
    {
        _lookAgainAt = Environment.TickCount64 + (long)TopicLayout.LookInterval.TotalMilliseconds;
        using IAdminClient admin = clients.Admin();
        TopicMetadata metadata = await Task.Run(() => admin.GetMetadata(name, Timeout).Topics[0], cancel);
        if (metadata.Error.IsError)
            return;
        if (HasGrown(metadata.Partitions.Count))
            alarms.Raise(LayoutSubject, $"{Grown(metadata.Partitions.Count)}; links that run go on, none is opened anew");
        else
            alarms.Clear(LayoutSubject);
    }

    /// <summary>True for more partitions than were shipped into.</summary>
    public bool HasGrown(int count) => progress.State.TopicPartitions is var known and > 0 && count > known;

    public string Grown(int count) =>
        $"topic {name} at {clients.Bootstrap} has {count} partitions, and had {progress.State.TopicPartitions} when it was shipped into: they were added to it. Remove the topic and it is made anew, or, where that was done by hand, {progress.Path}";

    private async Task<Dictionary<string, string>?> DescribeAsync(IAdminClient admin, CancellationToken cancel)
    {
        if (Environment.TickCount64 < _describeAgainAt)
            return [];
        try
        {
            List<DescribeConfigsResult> results = await admin.DescribeConfigsAsync(
                [new ConfigResource { Type = ResourceType.Topic, Name = name }],
                new DescribeConfigsOptions { RequestTimeout = Timeout }).WaitAsync(cancel);
            _describeAgainAt = 0;
            return results[0].Entries.ToDictionary(e => e.Key, e => e.Value.Value);
        }
        catch (DescribeConfigsException e) when (e.Results.Exists(r => r.Error.Code == ErrorCode.UnknownTopicOrPart))
        {
            return null;
        }
        catch (KafkaException e) when (IsDenied(e))
        {
            DescribeLater();
            return [];
        }
        catch (KafkaException e) when (e.Error.Code == ErrorCode.Local_TimedOut)
        {
            // Where brokers answer but no controller does, shipping goes on, unchecked; where none answers, this fails too.
            await Task.Run(() => admin.GetMetadata(Timeout), cancel);
            DescribeLater();
            return [];
        }
    }

    private void DescribeLater() => _describeAgainAt = Environment.TickCount64 + (long)DescribePause.TotalMilliseconds;

    /// <summary>Brokers that don't show a topic's settings, by version or by permission.</summary>
    private static bool IsDenied(KafkaException e) =>
        e.Error.Code is ErrorCode.Local_UnsupportedFeature or ErrorCode.UnsupportedVersion or ErrorCode.ClusterAuthorizationFailed or ErrorCode.TopicAuthorizationFailed
        || (e is DescribeConfigsException d && d.Results.Exists(r => r.Error.Code is ErrorCode.ClusterAuthorizationFailed or ErrorCode.TopicAuthorizationFailed));

    private async Task CreateWhereMissingAsync(IAdminClient admin, CancellationToken cancel)
    {
        List<TopicMetadata> topics = await Task.Run(() => admin.GetMetadata(Timeout).Topics, cancel);
        if (!topics.Exists(t => t.Topic == name))
            await CreateAsync(admin, cancel);
    }

    private async Task CreateAsync(IAdminClient admin, CancellationToken cancel)
    {
        int known = progress.State.TopicPartitions;
        progress.ShipInto(0);
        int brokers = await Task.Run(() => admin.GetMetadata(Timeout).Brokers.Count, cancel);
        int replicas = config.Replication.KafkaReplicationFactor > 0 ? config.Replication.KafkaReplicationFactor : Math.Min(ReplicasMax, brokers);
        var topic = new TopicSpecification
        {
            Name = name,
            NumPartitions = config.Replication.KafkaPartitions,
            ReplicationFactor = (short)replicas,
            Configs = new Dictionary<string, string>
            {
                ["cleanup.policy"] = "delete",
                ["message.timestamp.type"] = "LogAppendTime",
                ["unclean.leader.election.enable"] = "false",
                ["min.insync.replicas"] = InSyncWanted(replicas).ToString(CultureInfo.InvariantCulture),
                ["retention.ms"] = RetentionWantedMs.ToString(CultureInfo.InvariantCulture),
                ["max.message.bytes"] = (Math.Max(config.Replication.MessageBytes, LargestFallback) + MessageHeader.Length + RecordOverheadBytes).ToString(CultureInfo.InvariantCulture),
            },
        };
        try
        {
            await admin.CreateTopicsAsync([topic], new CreateTopicsOptions { RequestTimeout = Timeout, OperationTimeout = Timeout }).WaitAsync(cancel);
        }
        catch (CreateTopicsException e) when (e.Results.TrueForAll(r => r.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
        {
            // Somebody else made it meanwhile, or it was not seen: it is checked like any other.
            progress.ShipInto(known);
        }
        catch (CreateTopicsException e) when (e.Results.Exists(r => r.Error.Code is ErrorCode.TopicAuthorizationFailed or ErrorCode.InvalidReplicationFactor or ErrorCode.PolicyViolation or ErrorCode.InvalidConfig))
        {
            throw new EnvironmentException($"topic {name} can't be made at {clients.Bootstrap}: {e.Results[0].Error.Reason}");
        }
    }

    private async Task<TopicMetadata> LeadersAsync(IAdminClient admin, CancellationToken cancel)
    {
        long deadline = Environment.TickCount64 + (long)Timeout.TotalMilliseconds;
        while (true)
        {
            TopicMetadata topic = await Task.Run(() => admin.GetMetadata(name, Timeout).Topics[0], cancel);
            if (topic.Error.Code == ErrorCode.NoError && topic.Partitions.Count > 0 && topic.Partitions.TrueForAll(p => p.Leader >= 0))
                return topic;
            if (Environment.TickCount64 > deadline)
                throw new KafkaException(new Error(ErrorCode.LeaderNotAvailable, $"topic {name} has partitions without a leader"));
            await Task.Delay(LeaderPoll, cancel);
        }
    }

    private TopicLayout Check(TopicMetadata metadata, Dictionary<string, string> settings)
    {
        if (TopicLayout.For(metadata.Partitions.Count, config.Partitions) is not { } layout)
            throw Refuse($"has {metadata.Partitions.Count} partitions, this system {config.Partitions}");
        if (HasGrown(metadata.Partitions.Count))
            throw new EnvironmentException(Grown(metadata.Partitions.Count));
        if (settings.GetValueOrDefault("cleanup.policy", "delete") is var policy and not "delete")
            throw Refuse($"has cleanup.policy={policy}, which drops changes; it must be delete");

        var weak = new List<string>();
        if (settings.Count == 0)
            weak.Add("its brokers don't show its settings, so that only its partitions are checked");
        if (settings.GetValueOrDefault("message.timestamp.type", "LogAppendTime") != "LogAppendTime")
            weak.Add("message.timestamp.type is not LogAppendTime");
        if (settings.GetValueOrDefault("unclean.leader.election.enable", "false") != "false")
            weak.Add("unclean.leader.election.enable is on: confirmed changes can be lost");
        int replicas = metadata.Partitions.Min(p => p.Replicas.Length);
        if (int.TryParse(settings.GetValueOrDefault("min.insync.replicas"), CultureInfo.InvariantCulture, out int inSync) && inSync < InSyncWanted(replicas))
            weak.Add($"min.insync.replicas is {inSync} with {replicas} replicas: one broker's loss can lose confirmed changes");
        if (long.TryParse(settings.GetValueOrDefault("retention.ms"), CultureInfo.InvariantCulture, out long retention) && retention >= 0 && retention < RetentionWantedMs)
            weak.Add($"retention.ms is {retention}, less than replication.peer-away-max-ms");
        if (weak.Count > 0)
            alarms.Raise(Subject, $"{name} at {clients.Bootstrap}: {string.Join("; ", weak)}");
        else
            alarms.Clear(Subject);
        return layout;
    }

    /// <summary>A peer that was away for as long as it may be still finds everything.</summary>
    private long RetentionWantedMs => (long)config.Replication.PeerAwayMax.TotalMilliseconds;

    private static int InSyncWanted(int replicas) => Math.Clamp(replicas - 1, 1, 2);

    private EnvironmentException Refuse(string why) => new($"topic {name} at {clients.Bootstrap} {why}; nothing is shipped into it");
}
