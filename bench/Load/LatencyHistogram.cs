using System.Numerics;

namespace MultiCloudKv.Load;

/// <summary>
/// Log-linear histogram of nanoseconds: 64 buckets per power of two, so a value is kept to within 1.6 %, in a fixed 30 KB.
/// Not thread-safe: one per thread, merged at the end.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 6;
    private const int Sub = 1 << SubBits;
    private readonly long[] _counts = new long[(64 - SubBits) * Sub];

    public long Count { get; private set; }

    public long MaxNanoseconds { get; private set; }

    public void Record(long nanoseconds, int times = 1)
    {
        nanoseconds = Math.Max(nanoseconds, 0);
        _counts[Index(nanoseconds)] += times;
        Count += times;
        MaxNanoseconds = Math.Max(MaxNanoseconds, nanoseconds);
    }

    public void Add(LatencyHistogram other)
    {
        for (int index = 0; index < _counts.Length; index++)
            _counts[index] += other._counts[index];
        Count += other.Count;
        MaxNanoseconds = Math.Max(MaxNanoseconds, other.MaxNanoseconds);
    }

    /// <summary>The value at or below which <paramref name="fraction"/> of what was recorded lies, in milliseconds; 0 when empty.</summary>
    public double Milliseconds(double fraction)
    {
        long rank = (long)Math.Ceiling(Count * fraction), seen = 0;
        for (int index = 0; index < _counts.Length; index++)
        {
            seen += _counts[index];
            if (seen >= rank && seen > 0)
                return Math.Min(Upper(index), MaxNanoseconds) / 1e6;
        }

        return 0;
    }

    private static int Index(long value)
    {
        if (value < Sub)
            return (int)value;
        int shift = BitOperations.Log2((ulong)value) - SubBits;
        return ((shift + 1) * Sub) + (int)((value >> shift) - Sub);
    }

    private static long Upper(int index)
    {
        if (index < Sub)
            return index;
        int shift = (index / Sub) - 1;
        return (((long)(index % Sub) + Sub + 1) << shift) - 1;
    }
}
