using System.Buffers.Binary;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Changes;

namespace MultiCloudKv.Merge.Transactions;

/// <summary>What a transaction has written in one slot: its group, being built, and the overlay when it reads that back.</summary>
/// <remarks>Reused; owned by one transaction.</remarks>
internal sealed class SlotChanges
{
    private const int BufferKept = 64 << 10;

    private readonly HashSetOfWords _touched = new();
    private OverlayStore? _overlay;
    private int _opsStart;
    private int _overlaid;

    /// <summary>The group: its header, then operations as they come.</summary>
    public ByteWriter Group { get; } = new();

    public int Slot { get; private set; }

    /// <summary>Every key of the slot was removed.</summary>
    public bool Cleared { get; set; }

    public void Begin(int slot, SlotVectors vectors)
    {
        Slot = slot;
        Cleared = false;
        _touched.Clear();
        _overlay = null;
        Group.Clear();
        Group.Trim(BufferKept);
        Group.WriteUInt16((ushort)slot);
        Group.WriteUInt64(0);
        Group.WriteUInt64(vectors.Applied(slot, vectors.Self));
        vectors.WriteContext(slot, Group);
        Group.WriteUInt32(0);
        _opsStart = _overlaid = Group.Length;
    }

    public void Touch(ulong keyHash) => _touched.Add(keyHash);

    public bool Touches(ulong keyHash) => Cleared || _touched.Contains(keyHash);

    /// <summary>The slot's records with everything written so far.</summary>
    public OverlayStore Overlay(IRecordStore below, ChangeApplier applier, ulong provisionalHlc, long nowMs)
    {
        _overlay ??= new OverlayStore(below);
        if (_overlaid < Group.Length)
        {
            applier.ApplyProvisional(_overlay, Slot, provisionalHlc, Group.Written[_overlaid..], nowMs);
            _overlaid = Group.Length;
        }

        return _overlay;
    }

    /// <summary>Writes the length of the operations into the header.</summary>
    public void Finish() => BinaryPrimitives.WriteUInt32LittleEndian(Group.Patch(_opsStart - 4, 4), (uint)(Group.Length - _opsStart));
}
