namespace MultiCloudKv.Server.Tests.Storage;

internal static class TestWait
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Waits for a condition, up to a deadline.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(Limit);
        while (!condition())
            await Task.Delay(5, deadline.Token);
    }
}
