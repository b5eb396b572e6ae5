using System.Globalization;
using MultiCloudKv.Cli.Output;

namespace MultiCloudKv.Cli.Bench;

/// <summary>Rows of a bench as text.</summary>
internal static class BenchPrinter
{
    public static string Line(BenchRow row)
    {
        string redis = row.Redis is { } reference ? $"redis {Number(reference),10}  ratio {row.Ratio!.Value.ToString("0.00", CultureInfo.InvariantCulture),5}" : new string(' ', 29);
        string bar = row.Holds switch
        {
            null => string.Empty,
            true => $"  ok ({Bar(row)})",
            false => $"  BELOW THE BAR ({Bar(row)})",
        };
        string note = row.Note is null ? string.Empty : "  " + row.Note;
        return $"{row.Name,-38} {Number(row.Ours),10} {row.Unit,-9} {redis}{bar}{note}";
    }

    public static void Print(IEnumerable<BenchRow> rows)
    {
        foreach (BenchRow row in rows)
            Say.Line(Line(row));
    }

    private static string Bar(BenchRow row) => row.AtLeast is { } least
        ? "at least " + least.ToString("0.##", CultureInfo.InvariantCulture)
        : "at most " + row.AtMost!.Value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString(value >= 1000 ? "#,0" : "0.00", CultureInfo.InvariantCulture);
}
