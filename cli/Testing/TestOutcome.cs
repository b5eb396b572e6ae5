using System.Globalization;
using System.Xml.Linq;

namespace MultiCloudKv.Cli.Testing;

/// <summary>What one test program reported.</summary>
internal sealed record TestOutcome(string Project, int Passed, int Skipped, IReadOnlyList<TestFailure> Failures, IReadOnlyList<string> SkipReasons, TimeSpan Took)
{
    public int Failed => Failures.Count;

    /// <summary>Reads the report the test framework wrote.</summary>
    public static TestOutcome FromReport(string project, string reportPath, TimeSpan took)
    {
        XDocument report = XDocument.Load(reportPath);
        List<TestFailure> failures = [];
        SortedSet<string> skips = new(StringComparer.Ordinal);
        int passed = 0, skipped = 0;
        foreach (XElement test in report.Descendants("test"))
        {
            string name = (string?)test.Attribute("name") ?? "?";
            switch ((string?)test.Attribute("result"))
            {
                case "Pass":
                    passed++;
                    break;
                case "Fail":
                    failures.Add(new TestFailure(project, name, Describe(test.Element("failure"))));
                    break;
                default:
                    skipped++;
                    skips.Add(test.Element("reason")?.Value.Trim() ?? "no reason given");
                    break;
            }
        }

        foreach (XElement error in report.Descendants("error"))
            failures.Add(new TestFailure(project, (string?)error.Attribute("name") ?? (string?)error.Attribute("type") ?? "error", Describe(error.Element("failure"))));
        return new TestOutcome(project, passed, skipped, failures, [.. skips], took);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Project,-22} {Passed,6} passed {Failed,4} failed {Skipped,4} skipped {Took.TotalSeconds,7:0.0} s");

    private static string Describe(XElement? failure)
    {
        if (failure is null)
            return string.Empty;
        IEnumerable<string> message = (failure.Element("message")?.Value ?? string.Empty).Trim().Split('\n').Take(8);
        IEnumerable<string> where = (failure.Element("stack-trace")?.Value ?? string.Empty).Trim().Split('\n').Where(line => line.Contains(" in ", StringComparison.Ordinal)).Take(2);
        return string.Join('\n', message.Concat(where).Select(line => line.TrimEnd()));
    }
}
