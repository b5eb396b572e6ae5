using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Replicator.Ship;

/// <summary>
/// How long <see cref="LogTail"/> sleeps between two looks at the log, which is the only linger there is: what was committed between two looks travels
/// together, and a message costs about as much as ten changes.
/// <list type="bullet">
/// <item>A quarter of a millisecond while there is little traffic.</item>
/// <item>One millisecond under a steady load, one and a half where a message goes through a broker, which works on each as well.</item>
/// <item>The faster the log grows the more rarely, down to every five.</item>
/// <item>Where a broker carries messages and a sleep under load ends later than asked for, processors are short, and every message makes them shorter:
/// <see cref="PerLate"/> times the mean lateness is added, up to five milliseconds in all. So a host at its limit ships fewer, larger messages, and its lag is
/// lower for it. Where peers pull a message costs too little for that.</item>
/// <item>Two milliseconds after a pause and five after a long one, so that an idle node costs next to nothing.</item>
/// </list>
/// </summary>
/// <remarks>Not thread-safe: the looking thread's own. It has no clock; it is told what passed.</remarks>
internal sealed class LookPace(TransportKind transport)
{
    public static readonly TimeSpan Quick = TimeSpan.FromMicroseconds(250);
    public static readonly TimeSpan Steady = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan SteadyByBroker = TimeSpan.FromMilliseconds(1.5);
    public static readonly TimeSpan Slowest = TimeSpan.FromMilliseconds(5);
    public static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(2);
    public const int LooksBeforeIdle = 200;
    public const int LooksBeforeAsleep = 3000;
    private const double SteadyBytesPerSecond = 1 << 20;
    private const double BusyBytesPerSecond = 6 << 20;
    private const double FastBytesPerSecond = 8 << 20;

    /// <summary>The rate is a mean over about so many looks.</summary>
    private const int RateLooks = 8;

    /// <summary>Lateness is a mean over about so many looks, none of which counts for more than <see cref="Slowest"/>.</summary>
    private const int LateLooks = 64;

    private const double PerLate = 6;

    /// <summary>A sleep on a host with nothing to do is late by about this much.</summary>
    private static readonly TimeSpan LateAnyhow = TimeSpan.FromMicroseconds(100);

    private readonly bool _broker = transport == TransportKind.Kafka;
    private double _bytesPerSecond;
    private double _lateTicks;
    private TimeSpan _asked;
    private TimeSpan _pace = Quick;
    private int _quiet;

    /// <summary>How long to sleep after a look.</summary>
    /// <param name="wrote">This region wrote since the look before.</param>
    /// <param name="grown">Bytes that the log grew by since then, of all regions.</param>
    /// <param name="elapsed">Time since then.</param>
    public TimeSpan Next(bool wrote, long grown, TimeSpan elapsed)
    {
        _bytesPerSecond += ((grown * (double)TimeSpan.TicksPerSecond / Math.Max(elapsed.Ticks, 1)) - _bytesPerSecond) / RateLooks;
        TimeSpan late = elapsed - _asked - LateAnyhow;
        _lateTicks += (Math.Clamp(late.Ticks, 0, Slowest.Ticks) - _lateTicks) / LateLooks;
        if (wrote)
        {
            _pace = UnderLoad();
            _quiet = 0;
        }

        _quiet++;
        _asked = _quiet < LooksBeforeIdle ? _pace : _quiet < LooksBeforeAsleep ? Idle : Slowest;
        return _asked;
    }

    private TimeSpan UnderLoad()
    {
        if (_bytesPerSecond < SteadyBytesPerSecond)
            return Quick;
        TimeSpan steady = _broker ? SteadyByBroker + TimeSpan.FromTicks((long)(PerLate * _lateTicks)) : Steady;
        double busy = Math.Clamp((_bytesPerSecond - BusyBytesPerSecond) / (FastBytesPerSecond - BusyBytesPerSecond), 0, 1);
        return steady < Slowest ? steady + (busy * (Slowest - steady)) : Slowest;
    }
}
