using MultiCloudKv.Server.Replication;

namespace MultiCloudKv.Server.Storage;

/// <summary>What the start of an engine found.</summary>
/// <param name="Empty">Nothing was ever written here, by any region.</param>
/// <param name="ForceWritable">The operator ordered to take writes although nothing is proven.</param>
/// <param name="LossProof">Whether it is sure that nothing of the binlog is lost, and why.</param>
/// <param name="Replayed">Records replayed.</param>
/// <param name="Took">How long opening and replaying took.</param>
public sealed record StartReport(bool Empty, bool ForceWritable, LossProof LossProof, long Replayed, TimeSpan Took);
