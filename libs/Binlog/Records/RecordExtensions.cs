using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>The optional parts of a record. Types are on disk: append-only; those with the top bit must be understood by every reader.</summary>
public ref struct RecordExtensions
{
    /// <summary>16 bytes; sampled.</summary>
    public const ushort TraceId = 1;

    public const ushort CommandName = 2;
    public const ushort ClientIdentity = 3;

    /// <summary>Unix time in milliseconds at which the command was received, i64.</summary>
    public const ushort ReceivedAt = 4;

    public const ushort MustUnderstand = 0x8000;

    private ByteReader _reader;

    public RecordExtensions(ReadOnlySpan<byte> extensions)
    {
        _reader = new ByteReader(extensions);
        Type = 0;
        Value = default;
    }

    public ushort Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public readonly bool Failed => _reader.Failed;

    public static void Write(ByteWriter to, ushort type, ReadOnlySpan<byte> value)
    {
        to.WriteUInt16(type);
        to.WriteUInt32((uint)value.Length);
        to.Write(value);
    }

    /// <summary>The first type in there that this version doesn't know and must; 0 when there is none.</summary>
    public static ushort NotUnderstood(ReadOnlySpan<byte> extensions)
    {
        var reader = new RecordExtensions(extensions);
        while (reader.MoveNext())
        {
            if ((reader.Type & MustUnderstand) != 0)
                return reader.Type;
        }

        return 0;
    }

    public bool MoveNext()
    {
        if (_reader.AtEnd)
            return false;
        Type = _reader.ReadUInt16();
        uint length = _reader.ReadUInt32();
        if (length > (uint)_reader.Remaining)
        {
            _reader.Take(-1);
            return false;
        }

        Value = _reader.Take((int)length);
        return !_reader.Failed;
    }
}
