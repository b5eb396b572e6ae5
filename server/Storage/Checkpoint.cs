using MultiCloudKv.Binlog;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// The engine's own records of an epoch: they go into the checkpoint in the same atomic step as the epoch's records, so
/// data, vectors, cursors and the cut are always of one moment (invariant I5).
/// <code>
///   0x01 "cut"         format u8 | cut position i64 | hybrid time u64 | epoch u32 | partitions u16 | last own sequence u64 × partitions |
///                      (last own stamp u64, its incarnation u32, its history 16) × partitions | positions of the origins | known contexts | cleared contexts
///   0x01 "stripe" n    visible keys i64 | regions varint | (region u8, 128 × time varint)* | visible keys with an expiry i64
/// </code>
/// The last number was added later: a store without it is read as if it were 0.
/// </summary>
/// <remarks>Written by the epoch thread, read once at start.</remarks>
internal static class Checkpoint
{
    private const byte Format = 1;

    private static ReadOnlySpan<byte> CutKey => "\u0001cut"u8;

    public static void Write(SystemRecords to, ClosedEpoch closed, EpochCut cut, OwnEnds ownEnds, CursorTable cursors, SlotVectors vectors)
    {
        var bytes = new ByteWriter(4096);
        bytes.WriteByte(Format);
        bytes.WriteInt64(cut.Position);
        bytes.WriteUInt64(cut.Hlc);
        bytes.WriteUInt32(cut.Epoch);
        bytes.WriteUInt16((ushort)vectors.Partitions.Count);
        foreach (ulong sequence in cut.Sequences)
            bytes.WriteUInt64(sequence);
        ownEnds.WriteTo(bytes);
        cursors.WriteAtCut(bytes, cut.Epoch);
        WriteKnown(bytes, vectors);
        WriteCleared(bytes, vectors);
        to.Put(CutKey, bytes.Written);
        for (int stripe = 0; stripe < RecordCache.StripeCount; stripe++)
        {
            bytes.Clear();
            bytes.WriteInt64(closed.VisibleKeysOf(stripe));
            ((AppliedRows)closed.Captured(stripe)!).WriteTo(bytes);
            bytes.WriteInt64(closed.ExpiringKeysOf(stripe));
            to.Put(StripeKey(stripe), bytes.Written);
        }
    }

    /// <summary>Loads what the last epoch holds into an engine that has just been made. Null when no epoch was ever written.</summary>
    public static CheckpointCut? Read(CheckpointStore store, RecordCache cache, OwnEnds ownEnds, CursorTable cursors, SlotVectors vectors)
    {
        var value = new ByteWriter(4096);
        if (store.Read(CutKey, mayBlock: true, value) != ReadOutcome.Found)
            return null;
        var reader = new ByteReader(value.Written);
        byte format = reader.ReadByte();
        if (format != Format)
            throw new EnvironmentException($"the store was written in format {format}, this version reads {Format}: use the version that wrote it", ExitCodes.DataAtRisk);
        long position = reader.ReadInt64();
        ulong hlc = reader.ReadUInt64();
        uint epoch = reader.ReadUInt32();
        int partitions = reader.ReadUInt16();
        var cut = new CheckpointCut(position, hlc, epoch, new ulong[partitions]);
        if (partitions != vectors.Partitions.Count)
            throw new EnvironmentException($"the store was written with {partitions} partitions, the configuration says {vectors.Partitions.Count}: a generation keeps its number", ExitCodes.Usage);
        for (int i = 0; i < partitions; i++)
            cut.Sequences[i] = reader.ReadUInt64();
        ownEnds.ReadFrom(ref reader);
        cursors.ReadFrom(ref reader);
        ReadKnown(ref reader, vectors);
        ReadCleared(ref reader, vectors);
        Invariant.Check(!reader.Failed);
        for (int stripe = 0; stripe < RecordCache.StripeCount; stripe++)
            ReadStripe(store, cache[stripe], vectors, value);
        return cut;
    }

    private static void ReadStripe(CheckpointStore store, Stripe stripe, SlotVectors vectors, ByteWriter value)
    {
        value.Clear();
        ReadOutcome outcome = store.Read(StripeKey(stripe.Index), mayBlock: true, value);
        Invariant.Check(outcome == ReadOutcome.Found);
        var reader = new ByteReader(value.Written);
        stripe.VisibleKeys = reader.ReadInt64();
        AppliedRows.Restore(ref reader, vectors, stripe.Index);
        stripe.ExpiringKeys = reader.AtEnd ? 0 : reader.ReadInt64();
        Invariant.Check(!reader.Failed);
    }

    private static byte[] StripeKey(int stripe) => [.. "\u0001stripe"u8, (byte)stripe];

    private static void WriteKnown(ByteWriter to, SlotVectors vectors)
    {
        for (int partition = 0; partition < vectors.Partitions.Count; partition++)
        {
            int count = 0;
            foreach (byte region in vectors.Regions)
                count += vectors.Known(partition, region) is null ? 0 : 1;
            to.WriteVarInt((ulong)count);
            foreach (byte region in vectors.Regions)
            {
                if (vectors.Known(partition, region) is not { } heard)
                    continue;
                to.WriteByte(region);
                to.WriteInt64(heard.ClockMs);
                heard.Applied.WriteTo(to);
            }
        }
    }

    private static void ReadKnown(ref ByteReader from, SlotVectors vectors)
    {
        for (int partition = 0; partition < vectors.Partitions.Count; partition++)
        {
            ulong count = from.ReadVarInt();
            for (ulong i = 0; i < count && !from.Failed; i++)
            {
                byte region = from.ReadByte();
                long clockMs = from.ReadInt64();
                var applied = new StampVector();
                applied.ReadFrom(ref from);
                vectors.Heard(partition, region, applied, clockMs);
            }
        }
    }

    /// <summary>Contexts of clear-slot changes may be newer than the cut: what they absorb early, replay would absorb anyway.</summary>
    private static void WriteCleared(ByteWriter to, SlotVectors vectors)
    {
        for (int partition = 0; partition < vectors.Partitions.Count; partition++)
        {
            IReadOnlyList<(int Slot, uint Namespace, StampVector Context)> cleared = vectors.AllCleared(partition);
            to.WriteVarInt((ulong)cleared.Count);
            foreach ((int slot, uint ns, StampVector context) in cleared)
            {
                to.WriteUInt16((ushort)slot);
                to.WriteVarInt(ns);
                context.WriteTo(to);
            }
        }
    }

    private static void ReadCleared(ref ByteReader from, SlotVectors vectors)
    {
        var context = new StampVector();
        for (int partition = 0; partition < vectors.Partitions.Count; partition++)
        {
            ulong count = from.ReadVarInt();
            for (ulong i = 0; i < count && !from.Failed; i++)
            {
                int slot = from.ReadUInt16();
                uint ns = (uint)from.ReadVarInt();
                context.ReadFrom(ref from);
                for (int entry = 0; entry < context.Count; entry++)
                    vectors.RaiseCleared(slot, ns, context.At(entry).Region, context.At(entry).Hlc);
            }
        }
    }
}
