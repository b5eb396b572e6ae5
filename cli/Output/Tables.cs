using MultiCloudKv.Cli.Reports;
using Spectre.Console;

namespace MultiCloudKv.Cli.Output;

/// <summary>The tables of status, lag and the live view of up.</summary>
internal static class Tables
{
    private const int WidthWithoutTerminal = 200;

    /// <summary>Without a terminal: no colours, and lines as long as they need to be.</summary>
    public static void Write(Table table)
    {
        if (!Console.IsOutputRedirected)
        {
            AnsiConsole.Write(table);
            return;
        }

        IAnsiConsole plain = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(Console.Out) });
        plain.Profile.Width = WidthWithoutTerminal;
        plain.Write(table);
    }

    public static Table Regions(IReadOnlyList<RegionReport> regions)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string title in (string[])["region", "client", "state", "ops/s", "keys", "lag", "binlog", "dirty", "memory"])
            table.AddColumn(title);
        foreach (RegionReport region in regions)
        {
            table.AddRow(
                region.Name,
                region.Client,
                Colour(region),
                Units.Count(region.OpsPerSecond),
                Units.Count(region.Keys),
                Markup.Escape(string.Join(", ", region.Links.Select(Lag))),
                Units.Bytes(region.BinlogBytes),
                Units.Bytes(region.DirtyBytes),
                Units.Bytes((region.Server.ResidentBytes ?? 0) + (region.Replicator.ResidentBytes ?? 0)));
        }

        foreach (string note in regions.SelectMany(Notes))
            table.Caption(Markup.Escape(note));
        return table;
    }

    public static Table Links(IEnumerable<LinkReport> links)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string title in (string[])["from", "to", "state", "lag", "heartbeat", "changes", "bytes", "duplicates", "reships"])
            table.AddColumn(title);
        foreach (LinkReport link in links)
        {
            table.AddRow(
                link.From,
                link.To,
                Markup.Escape(link.Reason is null ? link.State : $"{link.State}: {link.Reason}"),
                Units.Milliseconds(link.LagMs),
                Units.Milliseconds(link.HeartbeatAgeMs),
                Units.Count(link.ChangesApplied),
                Units.Bytes((long)link.BytesApplied),
                Units.Count(link.Duplicates),
                Units.Count(link.Reships));
        }

        return table;
    }

    private static string Lag(LinkReport link) => link.State == "streaming"
        ? $"{link.From} {Units.Milliseconds(link.LagMs)}"
        : $"{link.From} {link.State}";

    private static string Colour(RegionReport region) =>
        region.State == "ready" ? "[green]ready[/]" : $"[red]{Markup.Escape(region.State)}[/]";

    private static IEnumerable<string> Notes(RegionReport region)
    {
        if (region.Reason is not null)
            yield return $"{region.Name}: {region.Reason}";
        if (region.WritePauseMs > 0)
            yield return $"{region.Name}: a peer is behind, writes are slowed by {region.WritePauseMs} ms a round (replication.target-lag-ms)";
        foreach (string alarm in region.Alarms)
            yield return $"{region.Name}: {alarm}";
    }
}
