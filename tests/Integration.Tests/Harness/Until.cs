using System.Diagnostics;

namespace MultiCloudKv.Integration.Tests.Harness;

/// <summary>Waits for conditions, each with a deadline far beyond what a quiet machine needs.</summary>
internal static class Until
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>For work whose length is the machine's affair: it has this long as long as it gets on.</summary>
    private static readonly TimeSpan LongLimit = TimeSpan.FromMinutes(10);
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

    /// <summary>Waits until a count is as wanted. A slow machine may take long for it, but not <see cref="Limit"/> without the count having changed.</summary>
    /// <param name="count">The count, and what it should be; null while neither is known.</param>
    public static async Task Reaches(Func<Task<(long Now, long Wanted)?>> count, Func<long, long, bool> reached, string what, Func<string>? more = null)
    {
        long begun = Stopwatch.GetTimestamp(), moved = begun;
        (long Now, long Wanted)? last = null;
        while (true)
        {
            (long Now, long Wanted)? read = await count();
            if (read is { } known && reached(known.Now, known.Wanted))
                return;
            if (read is not null && read?.Now != last?.Now)
            {
                moved = Stopwatch.GetTimestamp();
                last = read;
            }

            Assert.True(Stopwatch.GetElapsedTime(moved) < Limit && Stopwatch.GetElapsedTime(begun) < LongLimit, $"waited {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s for {what}: {last?.Now} of {last?.Wanted} {more?.Invoke()}");
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
