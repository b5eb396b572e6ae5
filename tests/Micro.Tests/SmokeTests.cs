namespace MultiCloudKv.Micro.Tests;

public class SmokeTests
{
    public static TheoryData<Type> Benchmarks() => [.. SmokeRun.Benchmarks()];

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public void Benchmark_RunBriefly_Works(Type benchmark) => Assert.True(SmokeRun.Run(benchmark) > 0);
}
