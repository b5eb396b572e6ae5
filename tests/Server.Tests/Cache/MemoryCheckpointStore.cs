using System.Collections.Concurrent;
using System.Collections.Immutable;
using MultiCloudKv.Foundation;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Tests.Cache;

/// <summary>
/// A checkpoint store in memory: immutable versions, swapped whole. With <see cref="Cold"/> set it answers reads that may
/// not block only for what a blocking read has touched.
/// </summary>
public sealed class MemoryCheckpointStore : CheckpointStore
{
    public static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b));

    private readonly ConcurrentDictionary<string, bool> _warm = new();

    public ImmutableSortedDictionary<byte[], byte[]> State { get; private set; } = ImmutableSortedDictionary.Create<byte[], byte[]>(ByteOrder);

    /// <summary>Nothing is in the store's own memory at first.</summary>
    public bool Cold { get; set; }

    /// <summary>Thrown by the next commits.</summary>
    public Exception? CommitFails { get; set; }

    /// <summary>Waited for before a commit takes effect.</summary>
    public ManualResetEventSlim CommitGate { get; } = new(true);

    public int RangeDeletes { get; private set; }

    public override bool IsEmpty => State.IsEmpty;

    public override ReadOutcome Read(ReadOnlySpan<byte> key, bool mayBlock, ByteWriter value)
    {
        byte[] copy = key.ToArray();
        if (!MayTell(copy, mayBlock))
            return ReadOutcome.NotResident;
        if (!State.TryGetValue(copy, out byte[]? found))
            return ReadOutcome.Absent;
        value.Write(found);
        return ReadOutcome.Found;
    }

    public override CheckpointIterator Iterate(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive, bool reverse, bool mayBlock) =>
        new StateIterator(this, lowInclusive.ToArray(), highExclusive.ToArray(), reverse, mayBlock);

    public override CheckpointWriter BeginWrite() => new StateWriter(this);

    protected override void Dispose(bool disposing) => CommitGate.Dispose();

    private bool MayTell(byte[] key, bool mayBlock)
    {
        if (!Cold)
            return true;
        if (!mayBlock)
            return _warm.ContainsKey(Convert.ToHexString(key));
        _warm[Convert.ToHexString(key)] = true;
        return true;
    }

    private sealed class StateIterator(MemoryCheckpointStore store, byte[] low, byte[] high, bool reverse, bool mayBlock) : CheckpointIterator
    {
        private readonly KeyValuePair<byte[], byte[]>[] _range = Range(store.State, low, high, reverse);
        private int _at = -1;

        public override ReadOnlySpan<byte> Key => _range[_at].Key;

        public override ReadOnlySpan<byte> Value => _range[_at].Value;

        public override ReadOutcome MoveNext()
        {
            if (++_at >= _range.Length)
                return ReadOutcome.Absent;
            return store.MayTell(_range[_at].Key, mayBlock) ? ReadOutcome.Found : ReadOutcome.NotResident;
        }

        protected override void Dispose(bool disposing)
        {
        }

        private static KeyValuePair<byte[], byte[]>[] Range(ImmutableSortedDictionary<byte[], byte[]> state, byte[] low, byte[] high, bool reverse)
        {
            KeyValuePair<byte[], byte[]>[] range = [.. state.SkipWhile(p => ByteOrder.Compare(p.Key, low) < 0).TakeWhile(p => ByteOrder.Compare(p.Key, high) < 0)];
            if (reverse)
                Array.Reverse(range);
            return range;
        }
    }

    private sealed class StateWriter(MemoryCheckpointStore store) : CheckpointWriter
    {
        private readonly ImmutableSortedDictionary<byte[], byte[]>.Builder _state = store.State.ToBuilder();
        private byte[]? _last;

        public override void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
        {
            Ascend(key, strictly: true);
            _state[key.ToArray()] = value.ToArray();
            Bytes += key.Length + value.Length;
        }

        public override void Delete(ReadOnlySpan<byte> key)
        {
            Ascend(key, strictly: true);
            _state.Remove(key.ToArray());
            Bytes += key.Length;
        }

        public override void DeleteRange(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive)
        {
            Ascend(lowInclusive, strictly: false);
            _last = null;
            byte[] low = lowInclusive.ToArray();
            byte[] high = highExclusive.ToArray();
            _state.RemoveRange(store.State.Keys.Where(k => ByteOrder.Compare(k, low) >= 0 && ByteOrder.Compare(k, high) < 0));
            store.RangeDeletes++;
        }

        public override void Commit()
        {
            store.CommitGate.Wait();
            if (store.CommitFails is not null)
                throw store.CommitFails;
            store.State = _state.ToImmutable();
        }

        protected override void Dispose(bool disposing)
        {
        }

        private void Ascend(ReadOnlySpan<byte> key, bool strictly)
        {
            if (_last is not null)
                Invariant.Check(strictly ? key.SequenceCompareTo(_last) > 0 : key.SequenceCompareTo(_last) >= 0);
            _last = key.ToArray();
        }
    }
}
