using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// The slots that may hold something to collect. A slot is marked when a change leaves something behind or a key of it
/// has expired, and unmarked by the sweeper when a visit finds nothing left. After a start every slot is marked.
/// </summary>
/// <remarks>Thread-safe: one interlocked word per 64 slots.</remarks>
internal sealed class PendingSlots
{
    private readonly ulong[] _words = new ulong[Slots.Count / 64];

    public PendingSlots() => Array.Fill(_words, ulong.MaxValue);

    public void Mark(int slot)
    {
        ulong bit = 1UL << (slot & 63);
        if ((Volatile.Read(ref _words[slot >> 6]) & bit) == 0)
            Interlocked.Or(ref _words[slot >> 6], bit);
    }

    /// <summary>To be called with the slot's stripe held.</summary>
    public void Unmark(int slot) => Interlocked.And(ref _words[slot >> 6], ~(1UL << (slot & 63)));

    public bool IsMarked(int slot) => (Volatile.Read(ref _words[slot >> 6]) >> (slot & 63) & 1) != 0;

    /// <summary>True when one of 64 aligned slots is marked.</summary>
    public bool AnyIn(int word) => Volatile.Read(ref _words[word]) != 0;
}
