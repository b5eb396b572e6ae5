using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Changes;

/// <summary>Reads what <see cref="OpWriter"/> wrote, one operation after the other.</summary>
public ref struct OpReader
{
    private ByteReader _reader;

    public OpReader(ReadOnlySpan<byte> ops)
    {
        _reader = new ByteReader(ops);
        Opcode = Opcode.None;
        Type = ElementType.None;
        Namespace = 0;
        Key = Element = Value = Floors = default;
        Expiry = 0;
        Start = 0;
        Total = default;
        Malformed = false;
    }

    public bool Malformed { get; private set; }

    public Opcode Opcode { get; private set; }

    public uint Namespace { get; private set; }

    public ReadOnlySpan<byte> Key { get; private set; }

    public ElementType Type { get; private set; }

    public ReadOnlySpan<byte> Element { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Unix milliseconds, <see cref="OpWriter.Never"/> for none.</summary>
    public long Expiry { get; private set; }

    /// <summary>Start of the increments, 0 = the change's own stamp.</summary>
    public ulong Start { get; private set; }

    public Number Total { get; private set; }

    /// <summary>Floors of the element (Write, Remove), of the key's elements (Set, RemoveKey, Create) or of keys (ClearSlot); one zero byte when there are none.</summary>
    public ReadOnlySpan<byte> Floors { get; private set; }

    public readonly bool HasFloors => Floors.Length > 1;

    /// <summary>True when an operation follows.</summary>
    public readonly bool More => !Malformed && !_reader.AtEnd;

    public bool MoveNext()
    {
        if (Malformed || _reader.AtEnd)
            return false;
        Opcode = (Opcode)_reader.ReadByte();
        Namespace = (uint)_reader.ReadVarInt();
        Key = _reader.ReadBytes();
        bool ok = ReadBody();
        Malformed = !ok || _reader.Failed;
        return !Malformed;
    }

    public static bool Validate(ReadOnlySpan<byte> ops)
    {
        var reader = new OpReader(ops);
        while (reader.MoveNext())
        {
        }

        return !reader.Malformed;
    }

    private bool ReadBody()
    {
        switch (Opcode)
        {
            case Opcode.Set:
                Type = ElementType.String;
                Element = default;
                Expiry = ReadExpiry();
                Value = _reader.ReadBytes();
                return ReadFloors(2);
            case Opcode.Write:
                bool typed = ReadElement();
                Expiry = ReadExpiry();
                Value = _reader.ReadBytes();
                return typed && ReadFloors(1);
            case Opcode.Remove:
                return ReadElement() && ReadFloors(1);
            case Opcode.RemoveKey or Opcode.Create:
                return ReadFloors(2);
            case Opcode.Increment:
                typed = ReadElement();
                Start = _reader.ReadUInt64();
                bool number = Number.TryRead(ref _reader, out Number total);
                Total = total;
                return typed && number;
            case Opcode.Expire:
                Expiry = ReadExpiry();
                return true;
            case Opcode.ClearSlot:
                return ReadFloors(3);
            default:
                return false;
        }
    }

    private bool ReadElement()
    {
        Type = (ElementType)_reader.ReadByte();
        Element = _reader.ReadBytes();
        return Type is >= ElementType.String and <= ElementType.SortedSet && (Type != ElementType.String || Element.IsEmpty);
    }

    private long ReadExpiry()
    {
        ulong ms = _reader.ReadVarInt();
        return ms == 0 || ms > long.MaxValue ? OpWriter.Never : (long)ms;
    }

    private bool ReadFloors(int depth)
    {
        ReadOnlySpan<byte> rest = _reader.Rest;
        if (!rest.IsEmpty && rest[0] == 0)
        {
            Floors = _reader.Take(1);
            return true;
        }

        int length = FloorReader.LengthOf(rest, depth);
        if (length <= 0)
            return false;
        Floors = _reader.Take(length);
        return true;
    }
}
