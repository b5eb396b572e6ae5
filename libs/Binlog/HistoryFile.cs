using System.Text;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>
/// What a binlog directory knows of itself, in one small file that is replaced whole:
/// <code>
///   magic 8 "MCKVHIST" | format u16 | cluster id | node id | region u8 | incarnation u32 | nonce 16 | witness path | clean end i64 (-1 = open or not closed cleanly)
///   | birthmark i64 | count varint | (history id 16 | start i64 | started ms i64 | writable u8 | partitions varint | sequences u64…)* | crc32c u32
/// </code>
/// Texts have a varint length before them. The birthmark is the time at which the directory's lock file was made, as the file system says: a copied or restored directory has another one.
/// </summary>
internal sealed record HistoryFile(BinlogIdentity Identity, HistoryId Nonce, string WitnessPath, long CleanEnd, long Birthmark, IReadOnlyList<HistoryEntry> Entries)
{
    public const long NotClean = -1;

    private const ushort Format = 1;

    private static ReadOnlySpan<byte> Magic => "MCKVHIST"u8;

    /// <summary>Null when the file isn't there.</summary>
    /// <exception cref="EnvironmentException">It is corrupt.</exception>
    public static HistoryFile? TryRead(string path)
    {
        if (!File.Exists(path))
            return null;
        byte[] bytes = File.ReadAllBytes(path);
        var tail = new ByteReader(bytes.AsSpan(Math.Max(0, bytes.Length - 4)));
        if (bytes.Length < 14 || !bytes.AsSpan().StartsWith(Magic) || tail.ReadUInt32() != Crc32C.Compute(bytes.AsSpan(0, bytes.Length - 4)))
            throw Corrupt(path, "its checksum is wrong");
        var from = new ByteReader(bytes.AsSpan(8, bytes.Length - 12));
        ushort format = from.ReadUInt16();
        if (format > Format)
            throw new EnvironmentException($"{path}: format version {format} is newer than this program knows ({Format})");
        string cluster = Text(ref from);
        string node = Text(ref from);
        var identity = new BinlogIdentity(cluster, from.ReadByte(), from.ReadUInt32(), node);
        HistoryId nonce = Id(ref from);
        string witness = Text(ref from);
        long cleanEnd = from.ReadInt64();
        long birthmark = from.ReadInt64();
        var entries = new List<HistoryEntry>();
        for (ulong left = from.ReadVarInt(); left > 0 && !from.Failed; left--)
        {
            HistoryId id = Id(ref from);
            long start = from.ReadInt64();
            long started = from.ReadInt64();
            bool writable = from.ReadByte() != 0;
            var sequences = new ulong[Math.Min(from.ReadVarInt(), Partitions.Max)];
            for (int i = 0; i < sequences.Length; i++)
                sequences[i] = from.ReadUInt64();
            entries.Add(new HistoryEntry(id, start, started, writable, sequences));
        }

        if (from.Failed || entries.Count == 0)
            throw Corrupt(path, "it is malformed");
        return new HistoryFile(identity, nonce, witness, cleanEnd, birthmark, entries);
    }

    public void Replace(string path)
    {
        var to = new ByteWriter();
        to.Write(Magic);
        to.WriteUInt16(Format);
        to.WriteBytes(Encoding.UTF8.GetBytes(Identity.ClusterId));
        to.WriteBytes(Encoding.UTF8.GetBytes(Identity.NodeId));
        to.WriteByte(Identity.Region);
        to.WriteUInt32(Identity.Incarnation);
        Nonce.Write(to.Reserve(HistoryId.Length));
        to.WriteBytes(Encoding.UTF8.GetBytes(WitnessPath));
        to.WriteInt64(CleanEnd);
        to.WriteInt64(Birthmark);
        to.WriteVarInt((ulong)Entries.Count);
        foreach (HistoryEntry entry in Entries)
        {
            entry.Id.Write(to.Reserve(HistoryId.Length));
            to.WriteInt64(entry.Start);
            to.WriteInt64(entry.StartedMs);
            to.WriteByte(entry.Writable ? (byte)1 : (byte)0);
            to.WriteVarInt((ulong)entry.Sequences.Count);
            foreach (ulong sequence in entry.Sequences)
                to.WriteUInt64(sequence);
        }

        to.WriteUInt32(Crc32C.Compute(to.Written));
        Durable.Replace(path, to.Written);
    }

    private static string Text(ref ByteReader from) => Encoding.UTF8.GetString(from.ReadBytes());

    private static HistoryId Id(ref ByteReader from)
    {
        ReadOnlySpan<byte> bytes = from.Take(HistoryId.Length);
        return bytes.IsEmpty ? default : HistoryId.Read(bytes);
    }

    private static EnvironmentException Corrupt(string path, string why) =>
        new($"{path} is corrupt: {why}; rebuild this node from a snapshot and its regions' logs", ExitCodes.DataAtRisk);
}
