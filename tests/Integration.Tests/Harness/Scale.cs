namespace MultiCloudKv.Integration.Tests.Harness;

/// <summary>How much of a test runs: a little in every run, all of it with MCKV_TEST_FULL=1.</summary>
internal static class Scale
{
    public static bool Full { get; } = Environment.GetEnvironmentVariable("MCKV_TEST_FULL") == "1";

    public static int Rounds(int usual, int full) => Full ? full : usual;
}
