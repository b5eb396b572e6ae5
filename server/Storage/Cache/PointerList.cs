namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>A growing array of record pointers in native memory.</summary>
/// <remarks>Owned by whoever holds the stripe; frozen with its epoch.</remarks>
internal sealed unsafe class PointerList
{
    private Record** _items;
    private int _capacity;

    internal int Count { get; private set; }

    internal Record* this[int index]
    {
        get => _items[index];
        set => _items[index] = value;
    }

    internal void Free()
    {
        if (_items != null)
            NativeHeap.Free(_items, (nuint)_capacity * 8);
        _items = null;
        _capacity = 0;
        Count = 0;
    }

    internal void Add(Record* record)
    {
        if (Count == _capacity)
        {
            int capacity = Math.Max(16, checked(_capacity * 2));
            _items = (Record**)NativeHeap.Resize((byte*)_items, (nuint)capacity * 8);
            _capacity = capacity;
        }

        _items[Count++] = record;
    }

    internal void Clear() => Count = 0;

    /// <summary>Puts the last item into the place of another and returns it, null when the place was the last.</summary>
    internal Record* RemoveAt(int index)
    {
        Record* last = _items[--Count];
        if (index == Count)
            return null;
        _items[index] = last;
        return last;
    }

    internal Span<nint> AsSpan() => new(_items, Count);
}
