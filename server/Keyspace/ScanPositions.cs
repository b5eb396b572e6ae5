namespace MultiCloudKv.Server.Keyspace;

/// <summary>
/// Remembers which name a scan cursor stands for. A cursor is a hash of the name its reply ended with, so it says everything
/// by itself: it holds on any connection and after a restart, when the name is found again by going through the slot or the
/// collection once. That search is what this memory saves. A cursor whose name is neither remembered nor
/// there any more starts its slot or collection again: names may come twice, none is left out.
/// </summary>
/// <remarks>Thread-safe. Bounded by <see cref="EntriesMax"/> and <see cref="BytesMax"/>, the oldest go first.</remarks>
internal sealed class ScanPositions
{
    public const int EntriesMax = 16 * 1024;
    public const long BytesMax = 8 * 1024 * 1024;

    private const ulong OffsetBasis = 0xcbf29ce484222325;
    private const ulong Prime = 0x100000001b3;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, byte[]> _names = [];
    private readonly Queue<ulong> _order = [];
    private long _bytes;

    /// <summary>The same for the same bytes in every process; never 0.</summary>
    public static ulong Hash(ReadOnlySpan<byte> name, ulong seed = 0)
    {
        ulong hash = OffsetBasis ^ seed;
        foreach (byte b in name)
            hash = (hash ^ b) * Prime;
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        hash ^= hash >> 33;
        return hash == 0 ? 1 : hash;
    }

    public void Remember(ulong cursor, ReadOnlySpan<byte> name)
    {
        byte[] copy = name.ToArray();
        lock (_lock)
        {
            if (!_names.TryAdd(cursor, copy))
                return;
            _order.Enqueue(cursor);
            _bytes += copy.Length;
            while (_order.Count > EntriesMax || _bytes > BytesMax)
            {
                _names.Remove(_order.Dequeue(), out byte[]? oldest);
                _bytes -= oldest!.Length;
            }
        }
    }

    /// <summary>Null when it is not remembered.</summary>
    public byte[]? Find(ulong cursor)
    {
        lock (_lock)
            return _names.GetValueOrDefault(cursor);
    }
}
