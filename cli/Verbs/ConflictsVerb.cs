using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Foundation;
using Spectre.Console;

namespace MultiCloudKv.Cli.Verbs;

/// <summary><c>mckv conflicts KEY</c>: the concurrent values of a key that no later write has replaced yet.</summary>
internal static partial class ConflictsVerb
{
    public static Command Build()
    {
        Argument<string> key = new("KEY") { Description = "The key" };
        Option<string> data = CommonOptions.Data();
        Option<string?> passwordFile = CommonOptions.PasswordFile();
        Option<string?> region = new("--region") { Description = "Region to ask; default: the first that answers", HelpName = "REGION" };
        Option<bool> json = CommonOptions.Json();
        Command verb = new("conflicts", "Lists what a key holds side by side: concurrent values, the one that shows first") { key, region, data, passwordFile, json };
        verb.SetAction(parsed => Run(SystemState.Load(parsed.GetRequiredValue(data)), parsed.GetValue(passwordFile), parsed.GetValue(region), parsed.GetRequiredValue(key), parsed.GetValue(json)));
        return verb;
    }

    private static int Run(SystemState system, string? passwordFile, string? regionName, string key, bool json)
    {
        RegionState region = regionName is not null
            ? system.Region(regionName)
            : system.Regions.Find(candidate => OsProcess.IsAlive(candidate.Server)) ?? throw new EnvironmentException("no region is up");
        RegionAccess access = RegionAccess.Of(system, region, passwordFile);
        using RespConnection connection = new(region.ClientPort, access.Password, tls: access.Client);
        RespValue reply = connection.Ask("CONFLICTS", key);
        if (reply.IsError)
            throw new EnvironmentException($"{region.Name} answered: {reply.Text}", ExitCodes.Failed);

        var siblings = reply.Items.Select(sibling => new
        {
            type = sibling.Items[0].Text,
            element = Printable(sibling.Items[1].Text),
            region = RegionName(system, sibling.Items[2].Text),
            time = DateTimeOffset.FromUnixTimeMilliseconds(sibling.Items[3].Integer).UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            value = Printable(sibling.Items[4].Text),
            shows = sibling.Items[5].Integer == 1,
        }).ToList();
        if (json)
        {
            JsonOut.Write(new { key, asked = region.Name, siblings });
            return ExitCodes.Ok;
        }

        if (siblings.Count == 0)
        {
            Say.Line($"{key} holds no concurrent values");
            return ExitCodes.Ok;
        }

        Table table = new Table().Border(TableBorder.Simple);
        foreach (string title in (string[])["", "type", "element", "region", "written", "value"])
            table.AddColumn(title);
        foreach (var sibling in siblings)
            table.AddRow(sibling.shows ? "shows" : string.Empty, Markup.Escape(sibling.type), Markup.Escape(sibling.element), Markup.Escape(sibling.region), sibling.time, Markup.Escape(sibling.value));
        Tables.Write(table);
        return ExitCodes.Ok;
    }

    /// <summary>The node may name a region by number; people know it by name.</summary>
    private static string RegionName(SystemState system, string told) =>
        int.TryParse(told, out int id) ? system.Regions.Find(region => region.Id == id)?.Name ?? told : told;

    private static string Printable(string text) => Unprintable().Replace(text, match => $"\\x{(int)match.Value[0]:x2}");

    [GeneratedRegex(@"[\x00-\x1f\x7f\uFFFD]")]
    private static partial Regex Unprintable();
}
