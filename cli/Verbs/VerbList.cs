using System.CommandLine;

namespace MultiCloudKv.Cli.Verbs;

/// <summary>The verbs in the order in which help lists them.</summary>
internal static class VerbList
{
    public static IEnumerable<Command> All()
    {
        yield return TestVerb.Build();
    }
}
