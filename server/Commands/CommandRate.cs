namespace MultiCloudKv.Server.Commands;

/// <summary>Commands per second, over the last second or so in which there were any.</summary>
/// <remarks>Thread-safe. It has no timer: whoever counts commands also moves the window on, and a window nobody moves any more runs dry.</remarks>
internal sealed class CommandRate
{
    private const long WindowMs = 1000;

    private long _begunMs = Environment.TickCount64;
    private long _begunAt;
    private long _perSecond;

    /// <summary>Called with the count after each batch.</summary>
    public void Note(long commands)
    {
        long begun = Volatile.Read(ref _begunMs);
        long now = Environment.TickCount64;
        if (now - begun < WindowMs || Interlocked.CompareExchange(ref _begunMs, now, begun) != begun)
            return;
        long before = Interlocked.Exchange(ref _begunAt, commands);
        Volatile.Write(ref _perSecond, Math.Max(0, commands - before) * 1000 / (now - begun));
    }

    public long PerSecond(long commands)
    {
        long elapsed = Environment.TickCount64 - Volatile.Read(ref _begunMs);
        return elapsed < 2 * WindowMs ? Volatile.Read(ref _perSecond) : Math.Max(0, commands - Volatile.Read(ref _begunAt)) * 1000 / elapsed;
    }
}
