using System.Text;
using System.Text.Json;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>The log for people: one line per record, and a walk that says whether everything is as it must be.</summary>
public static class BinlogTool
{
    private static readonly string[] OpNames = ["?", "set", "write", "remove", "remove-key", "increment", "expire", "clear-slot", "create"];

    /// <summary>Prints the records of a segment file or a binlog directory. Stops at the first damaged place, after a line that says so.</summary>
    /// <returns>The number of records printed.</returns>
    public static long Dump(string path, TextWriter to, DumpOptions options)
    {
        using var walker = new LogWalker(path);
        long printed = 0;
        SegmentHeader? header = null;
        while (printed < options.CountMax && walker.MoveNext(out BinlogRecord record))
        {
            if (record.Position < options.From)
                continue;
            if (!ReferenceEquals(header, walker.Header) && !options.Json)
            {
                header = walker.Header!;
                to.WriteLine($"# {Path.GetFileName(walker.FilePath)} history {header.History} cluster {header.Identity.ClusterId} region {header.Identity.Region}.{header.Identity.Incarnation} node {header.Identity.NodeId} format {header.Major}.{header.Minor}");
            }

            to.WriteLine(options.Json ? Json(record, options) : Line(record, options));
            printed++;
        }

        if (walker.Problem.Length > 0)
            to.WriteLine(options.Json ? ProblemJson(walker) : $"# {walker.FilePath} offset {walker.Offset}: {walker.Problem}");
        return printed;
    }

    /// <summary>
    /// Walks everything: checksums, places, the chain of segments, stamps that rise, groups that can be read, own sequences without gaps. Reports the first bad place.
    /// </summary>
    public static VerifyReport Verify(string path)
    {
        using var walker = new LogWalker(path);
        var sequences = new Dictionary<(HistoryId, int), ulong>();
        var partitions = new Partitions(Partitions.Max);
        long records = 0;
        ulong lastHlc = 0;
        long end = walker.First;
        string problem = "";
        while (problem.Length == 0 && walker.MoveNext(out BinlogRecord record))
        {
            if (record.Hlc <= lastHlc)
                problem = $"its time {record.Hlc} is not above the one before, {lastHlc}";
            else
                problem = CheckBody(record, partitions, sequences);
            if (problem.Length > 0)
                return Report(record.Position, problem);
            lastHlc = record.Hlc;
            end = record.End;
            records++;
        }

        return Report(walker.Position, walker.Problem);

        VerifyReport Report(long at, string what) =>
            new(walker.First, end, walker.Segments, records, walker.Durable, what, walker.FilePath, walker.Offset - (walker.Position - at), what.Length > 0 && walker.Durable >= 0 && at >= walker.Durable);
    }

    private static string CheckBody(in BinlogRecord record, Partitions finest, Dictionary<(HistoryId, int), ulong> sequences)
    {
        int count = 0;
        bool failed = false;
        if (record.Kind == RecordKind.Own)
        {
            GroupReader groups = record.Groups;
            while (groups.MoveNext())
            {
                count++;
                ref ulong last = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(sequences, (record.History, finest.Of(groups.Current.Slot)), out bool known);
                if (known && groups.Current.Sequence <= last)
                    return $"its sequence {groups.Current.Sequence} in slot {groups.Current.Slot} is not above {last}";
                last = groups.Current.Sequence;
            }

            failed = groups.Failed;
        }
        else if (record.Kind is RecordKind.RemoteBatch or RecordKind.TakenBack)
        {
            RemoteBatch batch = RemoteBatch.Read(record.Body);
            while (batch.MoveNext())
                count++;
            failed = batch.Failed;
        }

        if (failed || (record.Kind != RecordKind.Marker && count != record.Count))
            return "its body is malformed";
        ushort unknown = RecordExtensions.NotUnderstood(record.Extensions);
        return unknown == 0 ? "" : $"it has an extension of type {unknown:x4} that must be understood and isn't";
    }

    private static string Line(in BinlogRecord record, DumpOptions options)
    {
        var line = new StringBuilder();
        line.Append($"{record.Position:x16} {KindName(record.Kind)} {record.Stamp} {Time(record.Hlc)} {record.End - record.Position} bytes");
        if (record.Kind == RecordKind.Own)
        {
            GroupReader groups = record.Groups;
            while (groups.MoveNext())
                AppendGroup(line, groups.Current, options);
        }
        else if (record.Kind == RecordKind.Marker)
        {
            line.Append($" {record.Marker} {Convert.ToHexStringLower(record.Body)}");
        }
        else
        {
            RemoteBatch batch = RemoteBatch.Read(record.Body);
            SourceCursor c = batch.Cursor;
            line.Append($" from {c.Topic}[{c.Partition}] generation {c.Generation} history {c.History} last {c.LastSequence} offset {c.TransportOffset}");
            while (batch.MoveNext())
            {
                line.Append($" @{batch.Hlc}.{batch.Incarnation}");
                AppendGroup(line, batch.Group, options);
            }
        }

        return line.ToString();
    }

    private static void AppendGroup(StringBuilder line, in ChangeGroup group, DumpOptions options)
    {
        var context = new StampVector();
        group.ReadContext(context);
        line.Append($" [slot {group.Slot} seq {group.Sequence} prev {group.Previous} ctx {context} {Ops(group.Ops, options)}]");
    }

    private static string Ops(ReadOnlySpan<byte> ops, DumpOptions options)
    {
        if (options.DescribeOps is not null)
            return options.DescribeOps(ops.ToArray());
        if (ops.IsEmpty)
            return "no ops";
        string name = ops[0] < OpNames.Length ? OpNames[ops[0]] : OpNames[0];
        string more = ops.Length > options.OpsBytesMax ? $"…({ops.Length})" : "";
        return $"{name} {Convert.ToHexStringLower(ops[..Math.Min(ops.Length, options.OpsBytesMax)])}{more}";
    }

    private static string Json(in BinlogRecord record, DumpOptions options)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("position", record.Position);
            json.WriteNumber("end", record.End);
            json.WriteString("kind", KindName(record.Kind));
            json.WriteNumber("origin", record.Origin);
            json.WriteNumber("incarnation", record.Incarnation);
            json.WriteNumber("hlc", record.Hlc);
            json.WriteString("time", Time(record.Hlc));
            json.WriteString("history", record.History.ToString());
            if (record.Kind == RecordKind.Marker)
            {
                json.WriteString("marker", record.Marker.ToString());
                json.WriteString("payload", Convert.ToHexStringLower(record.Body[1..]));
            }
            else
            {
                WriteGroups(json, record, options);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void WriteGroups(Utf8JsonWriter json, in BinlogRecord record, DumpOptions options)
    {
        if (record.Kind == RecordKind.Own)
        {
            json.WriteStartArray("groups");
            GroupReader groups = record.Groups;
            while (groups.MoveNext())
                WriteGroup(json, groups.Current, record.Hlc, record.Incarnation, options);
            json.WriteEndArray();
            return;
        }

        RemoteBatch batch = RemoteBatch.Read(record.Body);
        json.WriteStartObject("cursor");
        json.WriteString("topic", batch.Cursor.Topic);
        json.WriteNumber("partition", batch.Cursor.Partition);
        json.WriteNumber("generation", batch.Cursor.Generation);
        json.WriteString("history", batch.Cursor.History.ToString());
        json.WriteNumber("lastSequence", batch.Cursor.LastSequence);
        json.WriteNumber("transportOffset", batch.Cursor.TransportOffset);
        json.WriteEndObject();
        json.WriteStartArray("groups");
        while (batch.MoveNext())
            WriteGroup(json, batch.Group, batch.Hlc, batch.Incarnation, options);
        json.WriteEndArray();
    }

    private static void WriteGroup(Utf8JsonWriter json, in ChangeGroup group, ulong hlc, uint incarnation, DumpOptions options)
    {
        var context = new StampVector();
        group.ReadContext(context);
        json.WriteStartObject();
        json.WriteNumber("hlc", hlc);
        json.WriteNumber("incarnation", incarnation);
        json.WriteNumber("slot", group.Slot);
        json.WriteNumber("sequence", group.Sequence);
        json.WriteNumber("previous", group.Previous);
        json.WriteStartObject("context");
        for (int i = 0; i < context.Count; i++)
            json.WriteNumber($"{context.At(i).Region}", context.At(i).Hlc);
        json.WriteEndObject();
        json.WriteString("ops", Ops(group.Ops, options));
        json.WriteEndObject();
    }

    private static string ProblemJson(LogWalker walker)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("problem", walker.Problem);
            json.WriteString("file", walker.FilePath);
            json.WriteNumber("offset", walker.Offset);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static string KindName(RecordKind kind) => kind switch
    {
        RecordKind.Own => "own",
        RecordKind.RemoteBatch => "remote",
        RecordKind.TakenBack => "taken-back",
        RecordKind.Marker => "marker",
        _ => $"kind-{(byte)kind}",
    };

    private static string Time(ulong hlc)
    {
        long ms = HybridTime.PhysicalMs(hlc);
        return ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'") : "?";
    }
}
