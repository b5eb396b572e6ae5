using System.Diagnostics;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Spreads the work of writing an epoch: half a millisecond of it, then a rest, so that on a machine of few processors a command never
/// waits behind more than one such piece, and what the pieces take together stays small beside what is served meanwhile. How long the rests are says who knows what waits for the
/// epoch and how much room changed records have left.
/// </summary>
/// <remarks>Used by one thread after another.</remarks>
internal sealed class FlushPace(Func<int> restMs)
{
    private static readonly TimeSpan Work = TimeSpan.FromMicroseconds(500);
    private long _since = Stopwatch.GetTimestamp();

    /// <summary>To be called often, holding nothing.</summary>
    internal void Breathe()
    {
        if (Stopwatch.GetElapsedTime(_since) < Work)
            return;
        if (restMs() is > 0 and int rest)
            Thread.Sleep(rest);
        _since = Stopwatch.GetTimestamp();
    }
}
