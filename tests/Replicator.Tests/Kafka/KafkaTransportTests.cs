using Confluent.Kafka;
using MultiCloudKv.Replicator.Tests.Support;
using MultiCloudKv.Replicator.Transports;
using MultiCloudKv.Replicator.Transports.Kafka;

namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>The contract, kept by the Kafka transport over a real broker.</summary>
[Collection(KafkaBrokerCollection.Name)]
public sealed class KafkaTransportTests(KafkaBrokerFixture broker) : TransportContract
{
    protected override ITransport Make(TransportParts parts) => new KafkaTransport(parts);

    protected override string? Configuration => broker.Bootstrap is null ? null : KafkaSystem.Configuration(broker.Bootstrap);

    protected override string Cluster { get; } = KafkaSystem.NewCluster();

    protected override bool HoldsTheOriginBack => false;

    /// <summary>The topic must have lost it as well as the binlog.</summary>
    private protected override async Task ForgetAsync(TestRegion origin)
    {
        long end = origin.Engine.Log.Committed;
        await TestSystem.EventuallyAsync(() => origin.Status.ShippedPosition >= end);
        await KafkaSystem.DeleteRecordsAsync(broker.Bootstrap!, Cluster, origin.Name, partition: 0);
        await ForgetBinlogAsync(origin);
    }
}
