using System.CommandLine;
using MultiCloudKv.Cli.Verbs;

namespace MultiCloudKv.Cli.Tests;

public sealed class VerbTests
{
    private static readonly string[] Expected = ["up", "down", "status", "lag", "verify", "conflicts", "link", "node", "binlog", "demo", "bench", "test"];

    [Fact]
    public void All_Verbs_AreThoseTheDocumentsName() =>
        Assert.Equal(Expected, VerbList.All().Select(verb => verb.Name));

    [Fact]
    public void All_Verbs_DescribeThemselvesAndEveryOption()
    {
        foreach (Command verb in VerbList.All().SelectMany(Flatten))
        {
            Assert.False(string.IsNullOrWhiteSpace(verb.Description), verb.Name);
            Assert.All(verb.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), $"{verb.Name} {option.Name}"));
        }
    }

    [Fact]
    public void ReportingVerbs_TakeJsonAndData()
    {
        foreach (Command verb in VerbList.All().Where(verb => verb.Name is "up" or "down" or "status" or "lag" or "verify" or "conflicts" or "demo" or "bench"))
        {
            Assert.Contains(verb.Options, option => option.Name == "--json");
            Assert.Contains(verb.Options, option => option.Name == "--data");
        }
    }

    private static IEnumerable<Command> Flatten(Command verb) => [verb, .. verb.Subcommands.SelectMany(Flatten)];
}
