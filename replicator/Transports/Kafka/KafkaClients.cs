using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>
/// Makes the clients of one region's Kafka cluster, with the settings that order and durability rest on. Each of them is
/// there for a reason:
/// <list type="bullet">
/// <item>An idempotent producer with acks=all keeps the order of a partition through its own retries and confirms only what every in-sync replica has.</item>
/// <item>Messages never time out: while brokers are away the shipper waits, and its binlog keeps what comes.</item>
/// <item>A consumer never moves to another offset by itself, commits nothing, and joins no group.</item>
/// </list>
/// Encryption and users come from the region's <see cref="KafkaClientProperties"/>, read for each client that is made.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed partial class KafkaClients(NodeConfig config, string region, ILogger log)
{
    private const int ProducerQueueKbytes = 64 << 10;
    private const int ConsumerQueueKbytes = 32 << 10;

    /// <summary>A round is one message: there is nothing to wait for.</summary>
    private const int LingerMs = 0;

    private const int RequestTimeoutMs = 10_000;
    private const int ReconnectMs = 50;
    private const int ReconnectMaxMs = 1000;
    private const int FetchWaitMs = 100;
    private const int FetchBackoffMs = 50;
    private const int TopicGoneMs = 3000;

    /// <summary>librdkafka's facility for a connection that failed.</summary>
    private const string ConnectionFailed = "FAIL";

    /// <summary>Why a connection failed last, of any client since the newest was made; the library's errors say only that no broker answers.</summary>
    private volatile string? _connectionFailure;

    /// <summary>The bootstrap servers, as configured.</summary>
    public string Bootstrap => config.Kafka.TryGetValue(region, out string? servers)
        ? servers
        : throw new EnvironmentException($"kafka.bootstrap: no entry for region '{region}'", ExitCodes.Usage);

    public string Region => region;

    /// <summary>Of the system, which a topic's partitions carry.</summary>
    public int Partitions => config.Partitions;

    public IProducer<Null, byte[]> Producer(Action<Error> onError) => Make(() =>
    {
        ProducerConfig settings = Common(new ProducerConfig());
        settings.EnableIdempotence = true;
        settings.Acks = Acks.All;
        settings.MessageTimeoutMs = 0;
        settings.RequestTimeoutMs = RequestTimeoutMs;
        settings.LingerMs = LingerMs;
        settings.CompressionType = CompressionType.Lz4;
        settings.MessageMaxBytes = MessageLimits.MessageBytesMax + (1 << 20);
        settings.QueueBufferingMaxKbytes = ProducerQueueKbytes;
        settings.TopicMetadataPropagationMaxMs = TopicGoneMs;
        settings.DeliveryReportFields = "none";
        return new ProducerBuilder<Null, byte[]>(settings)
            .SetErrorHandler((_, e) => onError(e))
            .SetLogHandler((_, m) => Log(m))
            .Build();
    });

    public IConsumer<Ignore, byte[]> Consumer() => Make(() =>
    {
        ConsumerConfig settings = Common(new ConsumerConfig());
        settings.GroupId = $"mckv-{config.ClusterId}-{config.RegionName}";
        settings.EnableAutoCommit = false;
        settings.EnableAutoOffsetStore = false;
        settings.AutoOffsetReset = AutoOffsetReset.Error;
        settings.AllowAutoCreateTopics = false;
        settings.EnablePartitionEof = false;
        settings.IsolationLevel = IsolationLevel.ReadUncommitted;
        settings.FetchWaitMaxMs = FetchWaitMs;
        settings.FetchErrorBackoffMs = FetchBackoffMs;
        settings.QueuedMaxMessagesKbytes = ConsumerQueueKbytes;
        settings.ConsumeResultFields = "none";
        return new ConsumerBuilder<Ignore, byte[]>(settings)
            .SetErrorHandler((_, e) => LogClient(region, e.Reason))
            .SetLogHandler((_, m) => Log(m))
            .Build();
    });

    public IAdminClient Admin() => Make(() =>
        new AdminClientBuilder(Common(new AdminClientConfig()))
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, m) => Log(m))
            .Build());

    /// <summary>What an error says, and where the library alone says it, why connections failed.</summary>
    public string Reason(KafkaException e) =>
        e.Error.IsLocalError && _connectionFailure is { } why ? $"{e.Error.Reason} ({why})" : e.Error.Reason;

    /// <summary>Finds what is wrong with the region's properties before anything rests on them; connects to nothing.</summary>
    /// <exception cref="EnvironmentException">A file can't be read, or the library refuses what is in it.</exception>
    public void Check() => Admin().Dispose();

    private T Common<T>(T settings)
        where T : ClientConfig
    {
        if (config.KafkaProperties.TryGetValue(region, out string? file))
        {
            foreach ((string name, string value) in KafkaClientProperties.Load(file))
                settings.Set(name, value);
        }

        settings.BootstrapServers = Bootstrap;
        settings.ClientId = $"mckv-{config.ClusterId}-{config.RegionName}";
        settings.SocketNagleDisable = true;
        settings.SocketTimeoutMs = RequestTimeoutMs;
        settings.ReconnectBackoffMs = ReconnectMs;
        settings.ReconnectBackoffMaxMs = ReconnectMaxMs;
        return settings;
    }

    private T Make<T>(Func<T> make)
    {
        KafkaLibrary.Load();
        _connectionFailure = null;
        try
        {
            return make();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new EnvironmentException($"kafka.client-properties of region '{region}': {e.Message}", ExitCodes.Usage);
        }
    }

    /// <summary>Without the thread before it, and behind it how long it took and how often it was the same, which differ each time.</summary>
    private static string FailureText(string message)
    {
        int first = message.IndexOf("]: ", StringComparison.Ordinal) is var thread and >= 0 ? thread + "]: ".Length : 0;
        int last = message.LastIndexOf(" (after ", StringComparison.Ordinal);
        return last > first ? message[first..last] : message[first..];
    }

    private void Log(LogMessage message)
    {
        if (message.Facility == ConnectionFailed)
            _connectionFailure = FailureText(message.Message);
        LogClient(region, message.Message);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Kafka client of region {Region}: {Text}")]
    private partial void LogClient(string region, string text);
}
