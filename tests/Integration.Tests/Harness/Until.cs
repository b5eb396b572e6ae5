using System.Diagnostics;

namespace MultiCloudKv.Integration.Tests.Harness;

/// <summary>Waits for conditions, each with a deadline far beyond what a quiet machine needs.</summary>
internal static class Until
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    public static Task True(Func<bool> condition, string what, TimeSpan? limit = null) => True(() => Task.FromResult(condition()), what, limit);

    public static async Task True(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < (limit ?? Limit), $"waited {(limit ?? Limit).TotalSeconds:0} s for {what}");
            await Task.Delay(PollInterval, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until there is no reason any more; the failure says the last one.</summary>
    /// <param name="reason">What still stands in the way, or null.</param>
    public static async Task Null(Func<Task<string?>> reason, string what, TimeSpan? limit = null)
    {
        long begun = Stopwatch.GetTimestamp();
        while (await reason() is { } last)
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < (limit ?? Limit), $"waited {(limit ?? Limit).TotalSeconds:0} s for {what}: {last}");
            await Task.Delay(PollInterval, TestContext.Current.CancellationToken);
        }
    }
}
