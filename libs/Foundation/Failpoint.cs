namespace MultiCloudKv.Foundation;

/// <summary>
/// Places at which a test makes a real process die. Off unless the environment variable MCKV_FAILPOINT names one as
/// "name" or "name:N" (the N-th passage): the process then ends at once, as by SIGKILL, with nothing flushed.
/// </summary>
/// <remarks>The check costs one static read when no failpoint is set. Thread-safe.</remarks>
public static class Failpoint
{
    private static readonly string? Armed = Name(out _countdown);
    private static int _countdown;

    /// <summary>Ends the process here when this failpoint is armed and its count has run down.</summary>
    public static void Hit(string name)
    {
        if (Armed is not null && Armed == name && Interlocked.Decrement(ref _countdown) == 0)
            Die();
    }

    private static void Die()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    private static string? Name(out int countdown)
    {
        string? setting = Environment.GetEnvironmentVariable("MCKV_FAILPOINT");
        countdown = 1;
        if (string.IsNullOrEmpty(setting))
            return null;
        int colon = setting.LastIndexOf(':');
        if (colon > 0 && int.TryParse(setting.AsSpan(colon + 1), out int count))
        {
            countdown = count;
            return setting[..colon];
        }

        return setting;
    }
}
