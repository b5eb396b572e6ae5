using MultiCloudKv.Replicator.Transports;
using MultiCloudKv.Replicator.Transports.Direct;

namespace MultiCloudKv.Replicator.Tests;

/// <summary>The contract, kept by the direct transport.</summary>
public sealed class DirectTransportTests : TransportContract
{
    protected override ITransport Make(TransportParts parts) =>
        new DirectTransport(parts.Config.ClusterId, parts.Config.RegionId, parts.Config.Partitions, parts.Peers);
}
