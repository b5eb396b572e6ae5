using MultiCloudKv.Foundation;

namespace MultiCloudKv.Foundation.Tests;

public sealed class ProcessorSetTests
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("3,0-1", "0,1,3")]
    [InlineData("1-2,2-4", "1,2,3,4")]
    [InlineData("1023", "1023")]
    public void TryParse_NumbersAndRanges_AreThoseProcessors(string text, string numbers) => Assert.Equal(numbers, ProcessorSet.TryParse(text)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("-1")]
    [InlineData("1-")]
    [InlineData("3-1")]
    [InlineData("0,,1")]
    [InlineData("1024")]
    [InlineData("0-1-2")]
    [InlineData("99999999999")]
    public void TryParse_AnythingElse_IsNone(string text) => Assert.Null(ProcessorSet.TryParse(text));

    [Fact]
    public void BindThread_OneOfTheProcesss_BindsThatThreadAlone()
    {
        ProcessorSet all = ProcessorSet.OfProcess();
        var last = new ProcessorSet(all.Numbers[^1]);
        string? bound = null;
        Thread thread = new(() => bound = last.BindThread() ? File.ReadLines("/proc/thread-self/status").Single(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split('\t')[1] : "refused");
        thread.Start();
        thread.Join();
        Assert.Equal(last.ToString(), bound);
        Assert.Equal(all.Numbers, ProcessorSet.OfProcess().Numbers);
    }

    [Fact]
    public void IsUsable_ProcessorsThatAreNotThere_IsFalse() => Assert.False(new ProcessorSet(ProcessorSet.Max - 1).IsUsable());
}
