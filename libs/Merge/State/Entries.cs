using System.Runtime.CompilerServices;

namespace MultiCloudKv.Merge.State;

/// <summary>A few entries in ascending order of region, at most one per region; the array is reused.</summary>
internal sealed class Entries<T>
    where T : struct, IRegional
{
    private T[] _items = [];

    public int Count { get; private set; }

    public ref T this[int index] => ref _items[index];

    public void Clear() => Count = 0;

    public int IndexOf(byte region)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_items[i].Region == region)
                return i;
        }

        return -1;
    }

    /// <summary>Adds an entry or replaces the region's.</summary>
    public void Put(in T entry)
    {
        int at = 0;
        while (at < Count && _items[at].Region < entry.Region)
            at++;
        if (at < Count && _items[at].Region == entry.Region)
        {
            _items[at] = entry;
            return;
        }

        if (Count == _items.Length)
            Array.Resize(ref _items, Math.Max(2, Count * 2));
        Array.Copy(_items, at, _items, at + 1, Count - at);
        _items[at] = entry;
        Count++;
    }

    public void RemoveAt(int index)
    {
        Count--;
        Array.Copy(_items, index + 1, _items, index, Count - index);
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            _items[Count] = default;
    }
}
