using System.CommandLine;

namespace MultiCloudKv.Cli.Verbs;

/// <summary>The verbs in the order in which help lists them.</summary>
internal static class VerbList
{
    public static IEnumerable<Command> All()
    {
        yield return UpVerb.Build();
        yield return DownVerb.Build();
        yield return StatusVerb.Build();
        yield return LagVerb.Build();
        yield return VerifyVerb.Build();
        yield return ConflictsVerb.Build();
        yield return LinkVerb.Build();
        yield return NodeVerb.Build();
        yield return BinlogVerb.Build();
        yield return DemoVerb.Build();
        yield return BenchVerb.Build();
        yield return TestVerb.Build();
    }
}
