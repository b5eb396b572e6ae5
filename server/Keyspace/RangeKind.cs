namespace MultiCloudKv.Server.Keyspace;

/// <summary>What the bounds of a range of a sorted set are.</summary>
internal enum RangeKind
{
    Places,
    Scores,
    Names,
}
