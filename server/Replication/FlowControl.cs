using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;

namespace MultiCloudKv.Server.Replication;

/// <summary>
/// Slows this node's own clients while a peer that is there applies their changes late, so that under more load than the
/// regions can apply together the lag stays near a target, instead of one direction growing behind while the other takes the processors.
/// <para>
/// Steps: 1. whoever has just served the writes that one wait brought looks (<see cref="Look"/>), which every <see cref="SampleInterval"/> takes a
/// sample of this region's last stamp in each partition; 2. a sample is confirmed by a peer once the context heard from it
/// covers the sample in every partition, and the age of the oldest sample that is not is how late the peer is;
/// 3. a peer is behind from the target on, reckoned on top of the shortest delay lately measured, which is the way there and back and not the peer's fault;
/// 4. while one is, those writes are followed by a pause, of a millisecond at the target and more beyond it, <see cref="PauseMsMax"/> at most.
/// </para>
/// <para>
/// A peer that was not heard for <see cref="Fresh"/> is away and slows nobody. Neither does one that is further behind than
/// <see cref="CatchesUp"/>: it catches up after an outage, and may take as long as it takes. Writes are never refused here.
/// </para>
/// </summary>
/// <remarks>
/// <para>Samples and not differences of stamps: in a partition that is seldom written to, the last stamp is old and yet confirmed.</para>
/// <para>After MongoDB's flow control, which holds writes back while the majority's commit point is late; here by peer, without a ticket per write. Decision 0011.</para>
/// <para>Thread-safe: one lock, and whoever finds it taken goes on.</para>
/// </remarks>
internal sealed class FlowControl
{
    public const int PauseMsMax = 10;

    private const int Kept = 256;
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CatchesUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DelaySpan = TimeSpan.FromMinutes(1);

    /// <summary>More than this is not put down to the way; taken, too, until a delay was measured.</summary>
    private static readonly TimeSpan WayMax = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly TimeSpan _target;
    private readonly SlotVectors _vectors;
    private readonly Func<int, ulong> _ownEnd;
    private readonly Lock _lock = new();
    private readonly long[] _heard = new long[256];
    private readonly Peer?[] _peers = new Peer?[256];
    private readonly ulong[][] _ends = new ulong[Kept][];
    private readonly long[] _takenAt = new long[Kept];
    private long _taken;
    private long _looked;
    private int _pauseMs;
    private long _pauses;
    private long _pausedMs;

    /// <param name="time">Its monotonic clock counts.</param>
    /// <param name="target">Zero: nobody is ever slowed.</param>
    /// <param name="vectors">What the peers have said they applied.</param>
    /// <param name="ownEnd">This region's last stamp in a partition.</param>
    public FlowControl(TimeProvider time, TimeSpan target, SlotVectors vectors, Func<int, ulong> ownEnd)
    {
        _time = time;
        _target = target;
        _vectors = vectors;
        _ownEnd = ownEnd;
        _looked = time.GetTimestamp() - time.TimestampFrequency;
    }

    /// <summary>What the writes that one wait brought are to be followed by now; 0 while no peer is behind, or nobody writes.</summary>
    public int PauseMs => _time.GetElapsedTime(Volatile.Read(ref _looked)) < Fresh ? Volatile.Read(ref _pauseMs) : 0;

    /// <summary>Pauses made, since the start.</summary>
    public long Pauses => Volatile.Read(ref _pauses);

    /// <summary>Milliseconds of all pauses together.</summary>
    public long PausedMs => Volatile.Read(ref _pausedMs);

    /// <summary>A heartbeat of a peer has come.</summary>
    public void Heard(byte region) => Volatile.Write(ref _heard[region], _time.GetTimestamp());

    /// <summary>After writes: what the writers are to wait, in milliseconds, counted as waited.</summary>
    public int Look()
    {
        if (_target == TimeSpan.Zero)
            return 0;
        if (_time.GetElapsedTime(Volatile.Read(ref _looked)) >= SampleInterval && _lock.TryEnter())
        {
            try
            {
                long now = _time.GetTimestamp();
                Sample(now);
                Volatile.Write(ref _pauseMs, Judge(now));
                Volatile.Write(ref _looked, now);
            }
            finally
            {
                _lock.Exit();
            }
        }

        int pause = Volatile.Read(ref _pauseMs);
        if (pause > 0)
        {
            Interlocked.Increment(ref _pauses);
            Interlocked.Add(ref _pausedMs, pause);
        }

        return pause;
    }

    /// <summary>Keeps the ends of now, if they are not those of the last sample.</summary>
    private void Sample(long now)
    {
        int partitions = _vectors.Partitions.Count;
        ulong[] sample = _ends[_taken % Kept] ??= new ulong[partitions];
        for (int partition = 0; partition < partitions; partition++)
            sample[partition] = _ownEnd(partition);
        if (_taken > 0 && sample.AsSpan().SequenceEqual(_ends[(_taken - 1) % Kept]))
            return;
        _takenAt[_taken % Kept] = now;
        _taken++;
    }

    private int Judge(long now)
    {
        int pause = 0;
        foreach (byte region in _vectors.Peers)
        {
            Peer peer = _peers[region] ??= new Peer();
            peer.Next = Math.Max(peer.Next, _taken - Kept + 1);
            for (; peer.Next < _taken && Confirmed(_ends[peer.Next % Kept], region); peer.Next++)
                peer.Took(_time.GetElapsedTime(_takenAt[peer.Next % Kept], now), _time.GetElapsedTime(0, now));
            if (peer.Next == _taken || _time.GetElapsedTime(Volatile.Read(ref _heard[region]), now) > Fresh)
                continue;
            TimeSpan late = _time.GetElapsedTime(_takenAt[peer.Next % Kept], now);
            if (late < CatchesUp)
                pause = Math.Max(pause, (int)Math.Min(late / (_target + peer.Way), PauseMsMax));
        }

        return pause;
    }

    private bool Confirmed(ulong[] ends, byte region)
    {
        for (int partition = 0; partition < ends.Length; partition++)
        {
            if (ends[partition] != 0 && (_vectors.Known(partition, region)?.Applied[_vectors.Self] ?? 0) < ends[partition])
                return false;
        }

        return true;
    }

    private sealed class Peer
    {
        private TimeSpan _least = TimeSpan.MaxValue;
        private TimeSpan _leastBefore = TimeSpan.MaxValue;
        private TimeSpan _spanBegan;

        /// <summary>Number of the oldest sample that is not confirmed.</summary>
        public long Next { get; set; }

        /// <summary>Shortest delay of this span and the one before, within <see cref="WayMax"/>.</summary>
        public TimeSpan Way
        {
            get
            {
                TimeSpan least = _least < _leastBefore ? _least : _leastBefore;
                return least < WayMax ? least : WayMax;
            }
        }

        public void Took(TimeSpan delay, TimeSpan now)
        {
            if (now - _spanBegan > DelaySpan)
            {
                _leastBefore = _least;
                _least = TimeSpan.MaxValue;
                _spanBegan = now;
            }

            if (delay < _least)
                _least = delay;
        }
    }
}
