namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>Classes that leave the broker alone take turns with one: starting it costs more than most of their tests.</summary>
[CollectionDefinition(Name)]
public sealed class KafkaBrokerCollection : ICollectionFixture<KafkaBrokerFixture>
{
    public const string Name = "kafka broker";
}
