using System.Diagnostics;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Spreads the work of writing an epoch: half a millisecond of it, one of rest, so that on a machine of few processors a command never
/// waits behind more than one such piece. Without rest where somebody waits for the epoch or changed records fill their memory.
/// </summary>
/// <remarks>Used by one thread after another.</remarks>
internal sealed class FlushPace(Func<bool> isUrgent)
{
    private const int RestMs = 1;
    private static readonly TimeSpan Work = TimeSpan.FromMicroseconds(500);
    private long _since = Stopwatch.GetTimestamp();

    /// <summary>To be called often, holding nothing.</summary>
    internal void Breathe()
    {
        if (Stopwatch.GetElapsedTime(_since) < Work)
            return;
        if (!isUrgent())
            Thread.Sleep(RestMs);
        _since = Stopwatch.GetTimestamp();
    }
}
