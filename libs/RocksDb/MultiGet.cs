using System.Runtime.InteropServices;
using MultiCloudKv.Foundation;
using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>Many reads at once: collect keys, <see cref="Execute"/>, look at each outcome, <see cref="Clear"/>.</summary>
/// <remarks>
/// With <see cref="ReadTier.BlockCache"/> the keys are read one by one: the batched call of RocksDB 7.8 then reports a key whose block is not in
/// memory as found, with an empty value.
/// Not thread-safe. Values are valid until <see cref="Clear"/>, the next <see cref="Execute"/> or <see cref="Dispose"/>.
/// </remarks>
public sealed unsafe class MultiGet : IDisposable
{
    private readonly ByteWriter _keys = new();
    private readonly List<int> _ends = [];
    private nint[] _values = [];
    private nint[] _errors = [];
    private bool _executed;

    public int Count => _ends.Count;

    /// <summary>Copies a key. Returns its index.</summary>
    public int Add(ReadOnlySpan<byte> key)
    {
        if (_executed)
            Clear();
        _keys.Write(key);
        _ends.Add(_keys.Length);
        return _ends.Count - 1;
    }

    /// <param name="sorted">True when the keys were added in byte order, which saves a sort.</param>
    public void Execute(RocksDatabase db, ReadOptions? options = null, ColumnFamilyHandle? family = null, bool sorted = false)
    {
        Free();
        int count = _ends.Count;
        if (count == 0)
            return;
        if (_values.Length < count)
        {
            _values = new nint[Math.Max(count, 16)];
            _errors = new nint[_values.Length];
        }

        Array.Clear(_values);
        Array.Clear(_errors);
        options ??= ReadOptions.Default;
        family ??= db.DefaultFamily;
        _executed = true;
        if (options.Tier == ReadTier.All)
            ExecuteBatched(db.Handle, options.Handle, family, sorted);
        else
            ExecuteSingly(db.Handle, options.Handle, family);
    }

    public ReadOnlySpan<byte> Key(int index)
    {
        int start = index == 0 ? 0 : _ends[index - 1];
        return _keys.Written[start.._ends[index]];
    }

    /// <exception cref="RocksDbException">The read of this key failed.</exception>
    public ReadResult Result(int index)
    {
        Invariant.Check(_executed && index < _ends.Count);
        nint error = _errors[index];
        if (error != 0)
        {
            _errors[index] = 0;
            if (!RocksDbException.TakeIncomplete(error))
                throw RocksDbException.Take(error);
            _values[index] = IncompleteMark;
        }

        return _values[index] switch
        {
            0 => ReadResult.NotFound,
            IncompleteMark => ReadResult.Incomplete,
            _ => ReadResult.Found,
        };
    }

    /// <summary>The value of a key that was found; empty else.</summary>
    public ReadOnlySpan<byte> Value(int index)
    {
        if (Result(index) != ReadResult.Found)
            return default;
        nuint length;
        byte* bytes = NativeMethods.rocksdb_pinnableslice_value(_values[index], &length);
        return new ReadOnlySpan<byte>(bytes, checked((int)length));
    }

    public void Clear()
    {
        Free();
        _keys.Clear();
        _ends.Clear();
    }

    public void Dispose() => Clear();

    private const nint IncompleteMark = -1;

    private void ExecuteBatched(DbHandle db, ReadOptionsHandle options, ColumnFamilyHandle family, bool sorted)
    {
        int count = _ends.Count;
        void* scratch = NativeMemory.Alloc((nuint)(count * 2 * sizeof(nint)));
        try
        {
            fixed (byte* first = _keys.Written)
            fixed (nint* values = _values, errors = _errors)
            {
                byte** keys = (byte**)scratch;
                nuint* lengths = (nuint*)scratch + count;
                int start = 0;
                for (int i = 0; i < count; i++)
                {
                    keys[i] = first + start;
                    lengths[i] = (nuint)(_ends[i] - start);
                    start = _ends[i];
                }

                NativeMethods.rocksdb_batched_multi_get_cf(db, options, family, (nuint)count, keys, lengths, values, errors, (byte)(sorted ? 1 : 0));
            }
        }
        finally
        {
            NativeMemory.Free(scratch);
        }
    }

    private void ExecuteSingly(DbHandle db, ReadOptionsHandle options, ColumnFamilyHandle family)
    {
        for (int i = 0; i < _ends.Count; i++)
        {
            ReadOnlySpan<byte> key = Key(i);
            fixed (byte* k = key)
                _values[i] = NativeMethods.rocksdb_get_pinned_cf(db, options, family, k, (nuint)key.Length, ref _errors[i]);
        }
    }

    private void Free()
    {
        if (!_executed)
            return;
        for (int i = 0; i < _ends.Count; i++)
        {
            if (_values[i] is not (0 or IncompleteMark))
                NativeMethods.rocksdb_pinnableslice_destroy(_values[i]);
            if (_errors[i] != 0)
                NativeMethods.rocksdb_free(_errors[i]);
            _values[i] = 0;
            _errors[i] = 0;
        }

        _executed = false;
    }
}
