namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>One broker for all tests that leave it alone.</summary>
public sealed class KafkaBrokerFixture : IAsyncLifetime
{
    private KafkaBroker? _broker;

    /// <summary>Null where there is no broker to be had.</summary>
    public string? Bootstrap => _broker?.Bootstrap;

    public async ValueTask InitializeAsync() => _broker = await KafkaBroker.AnyAsync();

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
    }
}
