using System.Text;

namespace MultiCloudKv.Foundation;

/// <summary>
/// For each region a hybrid time, 0 where nothing is known: an applied vector, a context, a frontier. Small and sorted
/// by region; absent means 0.
/// </summary>
/// <remarks>Mutable, not thread-safe; whoever holds the slot's stripe owns it. Copy to share.</remarks>
public sealed class StampVector : IEquatable<StampVector>
{
    private byte[] _regions = [];
    private ulong[] _times = [];

    public int Count { get; private set; }

    /// <summary>The time of a region; setting 0 keeps the entry.</summary>
    public ulong this[byte region]
    {
        get
        {
            int i = IndexOf(region);
            return i >= 0 ? _times[i] : 0;
        }

        set
        {
            int i = IndexOf(region);
            if (i >= 0)
                _times[i] = value;
            else if (value != 0)
                Insert(region, value);
        }
    }

    public (byte Region, ulong Hlc) At(int index) => (_regions[index], _times[index]);

    /// <summary>Raises one entry; never lowers it.</summary>
    public void Raise(byte region, ulong hlc)
    {
        if (hlc > this[region])
            this[region] = hlc;
    }

    /// <summary>Raises every entry to the other's.</summary>
    public void Raise(StampVector other)
    {
        for (int i = 0; i < other.Count; i++)
            Raise(other._regions[i], other._times[i]);
    }

    /// <summary>True when every entry here is at least the other's.</summary>
    public bool Covers(StampVector other)
    {
        for (int i = 0; i < other.Count; i++)
        {
            if (this[other._regions[i]] < other._times[i])
                return false;
        }

        return true;
    }

    public bool Covers(Stamp stamp) => this[stamp.Region] >= stamp.Hlc;

    public void Clear() => Count = 0;

    public void CopyFrom(StampVector other)
    {
        Clear();
        for (int i = 0; i < other.Count; i++)
            this[other._regions[i]] = other._times[i];
    }

    public StampVector Copy()
    {
        var copy = new StampVector();
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Count as a variable integer, then for each non-zero entry the region byte and the time as a variable integer.</summary>
    public void WriteTo(ByteWriter to, byte except = 0)
    {
        int live = 0;
        for (int i = 0; i < Count; i++)
            live += _times[i] != 0 && _regions[i] != except ? 1 : 0;
        to.WriteVarInt((ulong)live);
        for (int i = 0; i < Count; i++)
        {
            if (_times[i] == 0 || _regions[i] == except)
                continue;
            to.WriteByte(_regions[i]);
            to.WriteVarInt(_times[i]);
        }
    }

    /// <summary>Replaces the content by what <see cref="WriteTo"/> wrote.</summary>
    public void ReadFrom(ref ByteReader from)
    {
        Clear();
        ulong n = from.ReadVarInt();
        for (ulong i = 0; i < n && !from.Failed; i++)
        {
            byte region = from.ReadByte();
            this[region] = from.ReadVarInt();
        }
    }

    public bool Equals(StampVector? other) => other is not null && Covers(other) && other.Covers(this);

    public override bool Equals(object? obj) => Equals(obj as StampVector);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        for (int i = 0; i < Count; i++)
        {
            if (_times[i] != 0)
                hash.Add((_regions[i], _times[i]));
        }

        return hash.ToHashCode();
    }

    public override string ToString()
    {
        var text = new StringBuilder("{");
        for (int i = 0; i < Count; i++)
            text.Append(i == 0 ? "" : ", ").Append(new Stamp(_times[i], _regions[i]));
        return text.Append('}').ToString();
    }

    private int IndexOf(byte region)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_regions[i] == region)
                return i;
        }

        return -1;
    }

    private void Insert(byte region, ulong hlc)
    {
        if (Count == _regions.Length)
        {
            Array.Resize(ref _regions, Math.Max(2, Count * 2));
            Array.Resize(ref _times, _regions.Length);
        }

        int at = Count;
        while (at > 0 && _regions[at - 1] > region)
        {
            _regions[at] = _regions[at - 1];
            _times[at] = _times[at - 1];
            at--;
        }

        _regions[at] = region;
        _times[at] = hlc;
        Count++;
    }
}
