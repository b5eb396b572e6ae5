namespace MultiCloudKv.Merge.Transactions;

/// <summary>A small set of hashes, open addressing, reused from transaction to transaction. Clearing costs what was added.</summary>
internal sealed class HashSetOfWords
{
    private ulong[] _slots = new ulong[16];

    public int Count { get; private set; }

    public void Clear()
    {
        if (Count == 0)
            return;
        if (_slots.Length > 1024)
            _slots = new ulong[16];
        else
            Array.Clear(_slots);
        Count = 0;
    }

    public bool Contains(ulong word) => Count > 0 && _slots[Find(Normal(word))] != 0;

    public void Add(ulong word)
    {
        word = Normal(word);
        int at = Find(word);
        if (_slots[at] != 0)
            return;
        _slots[at] = word;
        if (++Count * 2 > _slots.Length)
            Grow();
    }

    private static ulong Normal(ulong word) => word == 0 ? 1 : word;

    private int Find(ulong word)
    {
        int mask = _slots.Length - 1;
        int at = (int)(word >> 32) & mask;
        while (_slots[at] != 0 && _slots[at] != word)
            at = (at + 1) & mask;
        return at;
    }

    private void Grow()
    {
        ulong[] old = _slots;
        _slots = new ulong[old.Length * 2];
        foreach (ulong word in old)
        {
            if (word != 0)
                _slots[Find(word)] = word;
        }
    }
}
