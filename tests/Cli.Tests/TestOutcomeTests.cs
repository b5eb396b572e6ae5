using MultiCloudKv.Cli.Testing;

namespace MultiCloudKv.Cli.Tests;

public sealed class TestOutcomeTests
{
    [Fact]
    public void FromReport_EveryKindOfResult_IsCounted()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, """
            <assemblies><assembly><errors><error type="class-cleanup" name="C"><failure><message>late</message></failure></error></errors><collection>
              <test name="A" result="Pass" /><test name="B" result="Fail"><failure><message>no
            good</message><stack-trace>at X in /x/y.cs:line 3</stack-trace></failure></test>
              <test name="D" result="Skip"><reason>no broker</reason></test>
            </collection></assembly></assemblies>
            """);
        TestOutcome outcome = TestOutcome.FromReport("X.Tests", path, TimeSpan.Zero);
        File.Delete(path);
        Assert.Equal((1, 2, 1), (outcome.Passed, outcome.Failed, outcome.Skipped));
        Assert.Equal("B", outcome.Failures[0].Test);
        Assert.Contains("line 3", outcome.Failures[0].Message, StringComparison.Ordinal);
        Assert.Equal(["no broker"], outcome.SkipReasons);
    }
}
