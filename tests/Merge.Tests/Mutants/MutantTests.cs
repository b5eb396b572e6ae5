namespace MultiCloudKv.Merge.Tests.Mutants;

/// <summary>Every bent rule is found by the simulation, and the rules as they are pass the same search.</summary>
[CollectionDefinition(nameof(MutantTests), DisableParallelization = true)]
[Collection(nameof(MutantTests))]
public sealed class MutantTests(MutantRunner runner) : IClassFixture<MutantRunner>
{
    private const int HistoriesMax = 3000;

    public static TheoryData<string> Names => [.. MutantCatalogue.All.Select(mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutant_OfOneRule_IsCaught(string name)
    {
        (int exitCode, string output) = runner.Search(MutantCatalogue.All.Single(m => m.Name == name), HistoriesMax);
        TestContext.Current.SendDiagnosticMessage("{0}: {1}", name, output);
        Assert.True(exitCode == 1, $"{name} is not caught: {output}");
    }

    [Fact]
    public void Rules_AsTheyAre_PassTheSameSearch()
    {
        (int exitCode, string output) = runner.Search(null, histories: 200);
        Assert.True(exitCode == 0, output);
    }
}
