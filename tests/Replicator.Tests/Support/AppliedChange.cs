namespace MultiCloudKv.Replicator.Tests.Support;

/// <summary>A change of another region as a fake node applied it.</summary>
internal readonly record struct AppliedChange(
    byte Origin, int Partition, ulong Sequence, ulong Stamp, uint Incarnation, uint Checksum, int ValueBytes, long AtTicks)
{
    /// <summary>What must be equal wherever and however often it is applied.</summary>
    public (byte Origin, int Partition, ulong Sequence, ulong Stamp, uint Incarnation, uint Checksum) Identity =>
        (Origin, Partition, Sequence, Stamp, Incarnation, Checksum);
}
