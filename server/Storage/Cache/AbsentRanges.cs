namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// The parts of a slot that are known, at the moment a cursor is made, to hold nothing in the checkpoint, although its
/// iterator still shows records there: dropped ranges, and the prefixes of complete chains.
/// </summary>
/// <remarks>Owned by one cursor; reused.</remarks>
internal sealed unsafe class AbsentRanges
{
    private readonly List<byte[]> _dropped = [];
    private readonly List<byte[]> _complete = [];

    internal void Clear()
    {
        _dropped.Clear();
        _complete.Clear();
    }

    internal void AddDropped(IReadOnlyList<PendingDrop> drops)
    {
        foreach (PendingDrop drop in drops)
            _dropped.Add(drop.Prefix);
    }

    /// <summary>Takes the complete ones of a slot's collection chains of one kind.</summary>
    internal void AddComplete(Chain* first, byte kind)
    {
        for (Chain* chain = first; chain != null; chain = chain->Next)
        {
            if (chain->Is(ChainFlags.Complete) && Chain.Prefix(chain)[0] == kind)
                _complete.Add(Chain.Prefix(chain).ToArray());
        }

        _complete.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
    }

    internal bool Holds(ReadOnlySpan<byte> key)
    {
        foreach (byte[] prefix in _dropped)
        {
            if (key.StartsWith(prefix))
                return true;
        }

        int low = 0;
        int high = _complete.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (key.SequenceCompareTo(_complete[middle]) < 0)
                high = middle;
            else
                low = middle + 1;
        }

        return low > 0 && key.StartsWith(_complete[low - 1]);
    }
}
