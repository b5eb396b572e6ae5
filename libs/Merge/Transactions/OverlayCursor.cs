namespace MultiCloudKv.Merge.Transactions;

/// <summary>Merges the differences of an <see cref="OverlayStore"/> with the store below.</summary>
internal sealed class OverlayCursor(List<KeyValuePair<byte[], byte[]?>> own, byte[][] dropped, RecordCursor below, bool reverse) : RecordCursor
{
    private int _own = -1;
    private bool _belowStands;
    private bool _belowRead;
    private bool _onOwn;

    public override ReadOnlySpan<byte> Key => _onOwn ? own[_own].Key : below.Key;

    public override ReadOnlySpan<byte> Value => _onOwn ? own[_own].Value : below.Value;

    public override bool MoveNext()
    {
        if (_own < 0)
            _own = 0;
        else if (_onOwn)
            _own++;
        while (true)
        {
            ReadBelow();
            if (_own >= own.Count)
            {
                _onOwn = false;
                return Consume();
            }

            int order = _belowStands ? own[_own].Key.AsSpan().SequenceCompareTo(below.Key) : -1;
            if (reverse && _belowStands)
                order = -order;
            if (order > 0)
            {
                _onOwn = false;
                return Consume();
            }

            if (order == 0)
                _belowRead = false;
            _onOwn = true;
            if (own[_own].Value is not null)
                return true;
            _own++;
        }
    }

    protected override void Dispose(bool disposing) => below.Dispose();

    /// <summary>Takes the record below if there is one: the next move reads another.</summary>
    private bool Consume()
    {
        _belowRead = false;
        return _belowStands;
    }

    private void ReadBelow()
    {
        if (_belowRead)
            return;
        do
            _belowStands = below.MoveNext();
        while (_belowStands && IsDropped(below.Key));
        _belowRead = true;
    }

    private bool IsDropped(ReadOnlySpan<byte> key)
    {
        foreach (byte[] prefix in dropped)
        {
            if (key.StartsWith(prefix))
                return true;
        }

        return false;
    }
}
