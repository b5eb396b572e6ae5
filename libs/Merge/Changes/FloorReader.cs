using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Changes;

/// <summary>
/// Reads floors: what an overwrite had seen of other regions' increments. Nested by <see cref="OpWriter"/>: of an element
/// (depth 1), of a key's elements (2), of a slot's keys (3).
/// </summary>
public ref struct FloorReader
{
    private ByteReader _reader;
    private ulong _left;

    public FloorReader(ReadOnlySpan<byte> floors)
    {
        _reader = new ByteReader(floors);
        _left = _reader.ReadVarInt();
        Region = 0;
        Sum = default;
        Type = ElementType.None;
        Element = Key = Inner = default;
    }

    public byte Region { get; private set; }

    public Number Sum { get; private set; }

    public ElementType Type { get; private set; }

    public ReadOnlySpan<byte> Element { get; private set; }

    public ReadOnlySpan<byte> Key { get; private set; }

    /// <summary>The floors of the element or key moved to.</summary>
    public ReadOnlySpan<byte> Inner { get; private set; }

    public readonly bool Failed => _reader.Failed;

    /// <summary>Next (region, sum) of an element.</summary>
    public bool NextSum()
    {
        if (!Step())
            return false;
        Region = _reader.ReadByte();
        bool ok = Number.TryRead(ref _reader, out Number sum);
        Sum = sum;
        return ok && Fail(Region != 0);
    }

    /// <summary>Next element of a key.</summary>
    public bool NextElement()
    {
        if (!Step())
            return false;
        Type = (ElementType)_reader.ReadByte();
        Element = _reader.ReadBytes();
        return Fail(Type is >= ElementType.String and <= ElementType.SortedSet) && TakeInner(1);
    }

    /// <summary>Next key of a slot.</summary>
    public bool NextKey()
    {
        if (!Step())
            return false;
        Key = _reader.ReadBytes();
        return TakeInner(2);
    }

    /// <summary>Bytes that floors of this depth take at the start of <paramref name="bytes"/>; 0 when they are malformed.</summary>
    internal static int LengthOf(ReadOnlySpan<byte> bytes, int depth)
    {
        var reader = new FloorReader(bytes);
        while (reader._left > 0)
        {
            bool ok = depth switch
            {
                1 => reader.NextSum(),
                2 => reader.NextElement(),
                _ => reader.NextKey(),
            };
            if (!ok)
                return 0;
        }

        return reader._reader.Failed ? 0 : reader._reader.Position;
    }

    private bool Step()
    {
        if (_left == 0 || _reader.Failed)
            return false;
        _left--;
        return true;
    }

    private bool TakeInner(int depth)
    {
        int length = _reader.Failed ? 0 : LengthOf(_reader.Rest, depth);
        if (length == 0)
            return Fail(false);
        Inner = _reader.Take(length);
        return true;
    }

    private bool Fail(bool ok)
    {
        if (!ok)
            _reader.Take(int.MaxValue);
        return ok && !_reader.Failed;
    }
}
