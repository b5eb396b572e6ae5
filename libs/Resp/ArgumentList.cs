using MultiCloudKv.Foundation;

namespace MultiCloudKv.Resp;

/// <summary>
/// The arguments of one command as slices of the buffer they arrived in; argument 0 is the command's name. Nothing is
/// copied: a slice lives as long as the buffer, which the owner keeps until the command has been answered.
/// </summary>
/// <remarks>Used by one thread at a time and reused.</remarks>
public sealed class ArgumentList
{
    private const int InitialCapacity = 16;
    private const int KeptCapacityMax = 4096;

    private byte[] _buffer = [];
    private int[] _starts = new int[InitialCapacity];
    private int[] _lengths = new int[InitialCapacity];

    public int Count { get; private set; }

    /// <exception cref="InvariantException">There is no such argument.</exception>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            if ((uint)index >= (uint)Count)
                ThrowNoSuchArgument();
            return new ReadOnlySpan<byte>(_buffer, _starts[index], _lengths[index]);
        }
    }

    public int LengthOf(int index) => _lengths[index];

    /// <summary>Number of bytes of all arguments together.</summary>
    public long TotalBytes
    {
        get
        {
            long total = 0;
            for (int i = 0; i < Count; i++)
                total += _lengths[i];
            return total;
        }
    }

    /// <summary>Forgets the arguments and takes another buffer for the next ones.</summary>
    public void Clear(byte[] buffer)
    {
        _buffer = buffer;
        Count = 0;
        if (_starts.Length > KeptCapacityMax)
        {
            _starts = new int[InitialCapacity];
            _lengths = new int[InitialCapacity];
        }
    }

    /// <summary>Same arguments, moved with their buffer.</summary>
    public void Rebase(byte[] buffer, int shift)
    {
        _buffer = buffer;
        for (int i = 0; i < Count; i++)
            _starts[i] += shift;
    }

    public void Add(int start, int length)
    {
        if (Count == _starts.Length)
            Grow();
        _starts[Count] = start;
        _lengths[Count] = length;
        Count++;
    }

    /// <summary>A copy with a buffer of its own, of exactly the arguments' bytes.</summary>
    public ArgumentList ToOwned()
    {
        var copy = new ArgumentList { _starts = new int[Count], _lengths = new int[Count], _buffer = GC.AllocateUninitializedArray<byte>(checked((int)TotalBytes)) };
        int at = 0;
        for (int i = 0; i < Count; i++)
        {
            this[i].CopyTo(copy._buffer.AsSpan(at));
            copy.Add(at, _lengths[i]);
            at += _lengths[i];
        }

        return copy;
    }

    /// <summary>Makes this list show the arguments of another one, without copying bytes.</summary>
    public void ShareFrom(ArgumentList other, int skip = 0)
    {
        Clear(other._buffer);
        for (int i = skip; i < other.Count; i++)
            Add(other._starts[i], other._lengths[i]);
    }

    private static void ThrowNoSuchArgument() => throw new InvariantException("a handler asked for an argument that the arity does not promise");

    private void Grow()
    {
        Array.Resize(ref _starts, _starts.Length * 2);
        Array.Resize(ref _lengths, _starts.Length);
    }
}
