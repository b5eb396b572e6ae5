using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>Settings of a binlog.</summary>
public sealed record BinlogOptions
{
    /// <summary>Largest record, headers included: a 512 MiB value fits in any command that carries it once.</summary>
    public const int RecordBytesMax = 1 << 30;

    public const long SegmentBytesMin = 64 << 10;
    public const long SegmentBytesMax = 1L << 32;

    /// <summary>Directory of the segments. Nothing else may be in it.</summary>
    public required string Directory { get; init; }

    public required BinlogIdentity Identity { get; init; }

    public Partitions Partitions { get; init; } = new(Partitions.Default);

    public AppendMode Mode { get; init; } = AppendMode.Mmap;

    public SyncPolicy Sync { get; init; } = SyncPolicy.EverySecond;

    /// <summary>Size of a segment; a record that is larger gets a segment of its own size.</summary>
    public long SegmentBytes { get; init; } = 64 << 20;

    /// <summary>Room in the last segment that own writes leave to other regions' changes while no next segment can be made.</summary>
    public long ReserveBytes { get; init; } = 8 << 20;

    /// <summary>
    /// How far ahead of the writer pages are made present. They become dirty by it, so each sync writes about as much more: little, where every write is synced.
    /// </summary>
    public long PopulateAheadBytes { get; init; } = 1 << 20;

    /// <summary>
    /// Where the copy of the committed position is kept that tells a killed process from a lost tail: memory that ends with the machine. Empty: none is kept, and every unclean end counts as a possible loss.
    /// </summary>
    public string WitnessDirectory { get; init; } = "/dev/shm";

    /// <summary>Where segments are copied to before they are deleted; empty: nowhere.</summary>
    public string ArchiveDirectory { get; init; } = "";

    internal void Validate()
    {
        Identity.Validate();
        if (SegmentBytes is < SegmentBytesMin or > SegmentBytesMax)
            throw new EnvironmentException($"binlog segment-bytes is {SegmentBytesMin} to {SegmentBytesMax}", ExitCodes.Usage);
        if (ReserveBytes < 0 || ReserveBytes > SegmentBytes / 2)
            throw new EnvironmentException("the binlog's reserve is at most half a segment", ExitCodes.Usage);
    }
}
