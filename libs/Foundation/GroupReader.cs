namespace MultiCloudKv.Foundation;

/// <summary>Walks the groups of a change, which stand one after the other, with their offsets.</summary>
public ref struct GroupReader
{
    private ByteReader _reader;

    public GroupReader(ReadOnlySpan<byte> groups)
    {
        _reader = new ByteReader(groups);
        Current = default;
        Offset = 0;
    }

    public ChangeGroup Current { get; private set; }

    /// <summary>Where <see cref="Current"/> begins.</summary>
    public int Offset { get; private set; }

    /// <summary>True when the bytes were no groups; known once <see cref="MoveNext"/> returned false.</summary>
    public readonly bool Failed => _reader.Failed;

    public bool MoveNext()
    {
        if (_reader.AtEnd)
            return false;
        Offset = _reader.Position;
        if (!ChangeGroup.TryRead(ref _reader, out ChangeGroup group))
            return false;
        Current = group;
        return true;
    }

    public readonly GroupReader GetEnumerator() => this;
}
