using System.CommandLine;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Cli.Verification;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Verbs;

/// <summary><c>mckv verify</c>: whether all regions hold the same, also under traffic.</summary>
internal static class VerifyVerb
{
    public static Command Build()
    {
        Option<string> data = CommonOptions.Data();
        Option<string?> passwordFile = CommonOptions.PasswordFile();
        Option<double> limit = new("--timeout") { Description = "Seconds for which what differs is compared again", DefaultValueFactory = _ => 30, HelpName = "S" };
        Option<bool> json = CommonOptions.Json();
        Command verb = new("verify", "Compares every key, value, expiry and concurrent value of all regions; exit code 1 when something differs") { limit, data, passwordFile, json };
        verb.SetAction(async (parsed, stop) =>
        {
            SystemState system = SystemState.Load(parsed.GetRequiredValue(data));
            TimeSpan seconds = TimeSpan.FromSeconds(parsed.GetValue(limit));
            VerifyReport report = await Systems.WithClientsAsync(system, parsed.GetValue(passwordFile), clients => new Verifier(clients).RunAsync(seconds, stop)).ConfigureAwait(false);
            if (parsed.GetValue(json))
                JsonOut.Write(report);
            else
                Print(report);
            return report.Equal ? ExitCodes.Ok : ExitCodes.Failed;
        });
        return verb;
    }

    public static void Print(VerifyReport report)
    {
        string keys = string.Join(", ", report.Keys.Select(region => $"{region.Key} {Units.Count(region.Value)}"));
        Say.Line($"keys: {keys}; {report.SlotsCompared} slots compared, {report.SlotsDescended} by key, {report.Passes} passes, {report.Seconds} s");
        foreach (KeyDifference difference in report.Differences)
            Say.Line($"  differs: slot {difference.Slot} key {difference.Key}: {string.Join(", ", difference.Digests.Select(region => $"{region.Key} {region.Value ?? "absent"}"))}");
        Say.Line(report.Equal ? "equal" : $"{report.DifferencesTotal} keys differ");
    }
}
