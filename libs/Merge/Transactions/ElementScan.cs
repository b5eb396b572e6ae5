using System.Buffers.Binary;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Transactions;

/// <summary>The live elements of one type among a key's element records.</summary>
internal sealed class ElementScan : ElementCursor
{
    private readonly RecordCursor _records;
    private readonly ElementType _type;
    private readonly int _nameAt;
    private ElementState? _state;
    private bool _plain;

    private ElementScan(RecordCursor records, ElementType type, int nameAt)
    {
        _records = records;
        _type = type;
        _nameAt = nameAt;
    }

    public override ReadOnlySpan<byte> Element => _records.Key[_nameAt..];

    public override ReadOnlySpan<byte> Value => _plain ? ElementCodec.PlainValue(_records.Value) : _state!.Shown(_type);

    public override double Score => Value.Length == 8 ? BinaryPrimitives.ReadDoubleLittleEndian(Value) : 0;

    public static ElementScan Open(KeyReader reader, ReadOnlySpan<byte> from, bool reverse)
    {
        byte[] first = reader.Keys.Element(reader.Version, reader.Type, default).ToArray();
        byte[] end = (byte[])first.Clone();
        Span<byte> high = end.AsSpan(0, RecordKeyBuffer.PrefixEnd(end));
        ReadOnlySpan<byte> low = first;
        if (!from.IsEmpty)
        {
            byte[] at = [.. reader.Keys.Element(reader.Version, reader.Type, from), 0];
            if (reverse)
                high = at;
            else
                low = at.AsSpan(0, at.Length - 1);
        }

        return new ElementScan(reader.Source.Scan(low, high, reverse), reader.Type, first.Length);
    }

    public override bool MoveNext()
    {
        while (_records.MoveNext())
        {
            _plain = ElementCodec.IsPlain(_records.Value);
            if (_plain)
                return true;
            _state ??= new ElementState();
            ElementCodec.Read(_records.Value, _state);
            if (_state.IsLive)
                return true;
        }

        return false;
    }

    protected override void Dispose(bool disposing) => _records.Dispose();
}
