namespace MultiCloudKv.Foundation;

/// <summary>
/// A partition is a contiguous range of slots and the unit of order between regions. Their number is fixed within a
/// generation: a power of two from 1 to 1024.
/// </summary>
public readonly record struct Partitions
{
    public const int Default = 16;
    public const int Max = 1024;

    private readonly int _shift;

    /// <exception cref="ArgumentOutOfRangeException">Not a power of two from 1 to <see cref="Max"/>.</exception>
    public Partitions(int count)
    {
        if (count is < 1 or > Max || !System.Numerics.BitOperations.IsPow2(count))
            throw new ArgumentOutOfRangeException(nameof(count), count, $"the number of partitions is a power of two from 1 to {Max}");
        Count = count;
        _shift = System.Numerics.BitOperations.Log2((uint)(Slots.Count / count));
    }

    public int Count { get; }

    /// <summary>The partition of a slot.</summary>
    public int Of(int slot) => slot >> _shift;

    /// <summary>First slot of a partition.</summary>
    public int FirstSlot(int partition) => partition << _shift;

    /// <summary>Number of slots in every partition.</summary>
    public int SlotsPerPartition => 1 << _shift;
}
