using System.Runtime.InteropServices;

namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>librdkafka's own cluster in the test's process: no persistence, but answers requests with the errors a test wants.</summary>
internal sealed partial class MockCluster : IDisposable
{
    public const short Produce = 0;
    public const short Fetch = 1;
    private const string Library = "librdkafka.so.1";
    private const int ProducerType = 0;
    private readonly nint _client;
    private readonly nint _cluster;

    public MockCluster(params ReadOnlySpan<(string Topic, int Partitions)> topics)
    {
        Assert.SkipWhen(!NativeLibrary.TryLoad(Library, out _), "needs librdkafka1");
        byte[] text = new byte[512];
        nint settings = ConfNew();
        Assert.Equal(0, ConfSet(settings, "test.mock.num.brokers", "3", text, text.Length));
        _client = New(ProducerType, settings, text, text.Length);
        _cluster = HandleMockCluster(_client);
        foreach ((string topic, int partitions) in topics)
            Assert.Equal(0, TopicCreate(_cluster, topic, partitions, 3));
    }

    public string Bootstrap => Marshal.PtrToStringUTF8(Bootstraps(_cluster))!;

    /// <summary>The next requests of a kind are answered so, one by one.</summary>
    public void Fail(short request, params int[] errors) => PushErrors(_cluster, request, (nuint)errors.Length, errors);

    public void Dispose() => Destroy(_client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint ConfNew();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ConfSet(nint conf, string name, string value, byte[] error, nint errorLength);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int type, nint conf, byte[] error, nint errorLength);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    private static partial void Destroy(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_handle_mock_cluster")]
    private static partial nint HandleMockCluster(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint Bootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TopicCreate(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    private static partial void PushErrors(nint cluster, short request, nuint count, int[] errors);
}
