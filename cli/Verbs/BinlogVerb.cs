using System.CommandLine;
using MultiCloudKv.Binlog;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Verbs;

/// <summary><c>mckv binlog dump|verify FILE</c>: a node's log for people. Reads files, also of a running node; never writes.</summary>
internal static class BinlogVerb
{
    public static Command Build() => new("binlog", "Reads a node's binlog: a segment file, or a directory of them") { Dump(), Verify() };

    private static Command Dump()
    {
        Argument<string> file = File();
        Option<long> from = new("--from") { Description = "First position shown", HelpName = "POSITION" };
        Option<long> count = new("--count") { Description = "Records shown at most", DefaultValueFactory = _ => long.MaxValue, HelpName = "N" };
        Option<bool> json = new("--json") { Description = "One JSON object per record" };
        Command verb = new("dump", "Prints records, one a line") { file, from, count, json };
        verb.SetAction(parsed =>
        {
            BinlogTool.Dump(Existing(parsed.GetRequiredValue(file)), Console.Out, new DumpOptions { Json = parsed.GetValue(json), From = parsed.GetValue(from), CountMax = parsed.GetValue(count) });
            return ExitCodes.Ok;
        });
        return verb;
    }

    private static Command Verify()
    {
        Argument<string> file = File();
        Option<bool> json = CommonOptions.Json();
        Command verb = new("verify", "Checks every checksum, place and sequence; exit code 5 when the log is damaged below what was durable") { file, json };
        verb.SetAction(parsed =>
        {
            VerifyReport report = BinlogTool.Verify(Existing(parsed.GetRequiredValue(file)));
            if (parsed.GetValue(json))
                JsonOut.Write(report);
            else
                Say.Line(report.ToString());
            return report.Ok ? ExitCodes.Ok : ExitCodes.DataAtRisk;
        });
        return verb;
    }

    private static Argument<string> File() => new("FILE") { Description = "A segment (.mlog), or a node's binlog directory" };

    private static string Existing(string path) =>
        System.IO.File.Exists(path) || Directory.Exists(path) ? path : throw new EnvironmentException($"there is no {path}");
}
