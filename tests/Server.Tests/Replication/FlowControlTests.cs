using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Server.Replication;
using MultiCloudKv.Server.Tests.Storage;

namespace MultiCloudKv.Server.Tests.Replication;

public sealed class FlowControlTests
{
    private const byte Self = 1;
    private const byte Peer = 2;
    private const byte Other = 3;
    private const int TargetMs = 400;
    private readonly TwoClocks _time = new();
    private readonly SlotVectors _vectors = new(Self, new Partitions(4));
    private readonly ulong[] _ends = new ulong[4];
    private FlowControl _flow;

    public FlowControlTests()
    {
        _vectors.SetPeers([Peer]);
        _flow = With(TargetMs);
    }

    [Fact]
    public void Look_PeerConfirmsInTime_NeverPauses()
    {
        Write(seconds: 20, lateMs: 100);
        Assert.Equal(0, _flow.Pauses);
    }

    [Fact]
    public void Look_PeerIsLate_PausesUntilItConfirms()
    {
        Write(seconds: 2, lateMs: 20);
        Write(seconds: 0.3, lateMs: null);
        Assert.Equal(0, _flow.PauseMs);
        Write(seconds: 0.3, lateMs: null);
        Assert.Equal(1, _flow.PauseMs);
        Assert.True(_flow.Pauses > 0 && _flow.PausedMs >= _flow.Pauses);
        Confirm(Peer, _ends);
        Write(seconds: 0.1, lateMs: 20);
        Assert.Equal(0, _flow.PauseMs);
    }

    [Fact]
    public void Look_PeerIsLaterStill_PausesLongerUpToTheMost()
    {
        Write(seconds: 2, lateMs: 0);
        Write(seconds: 2, lateMs: null);
        Assert.InRange(_flow.PauseMs, 3, 5);
        Write(seconds: 2.8, lateMs: null);
        Assert.Equal(FlowControl.PauseMsMax, _flow.PauseMs);
    }

    [Fact]
    public void Look_PeerIsNotHeard_DoesNotPause()
    {
        Write(seconds: 2, lateMs: 20);
        Write(seconds: 4, lateMs: null, heard: false);
        Assert.Equal(0, _flow.PauseMs);
    }

    [Fact]
    public void Look_PeerCatchesUpAfterAnOutage_DoesNotPause()
    {
        Write(seconds: 2, lateMs: 20);
        Write(seconds: 60, lateMs: null, heard: false);
        long before = _flow.Pauses;
        Write(seconds: 10, lateMs: 30_000);
        Assert.Equal(before, _flow.Pauses);
    }

    [Fact]
    public void Look_OnePartitionIsSeldomWritten_IsNotTakenForLate()
    {
        _ends[3] = HybridTime.FromMs(_time.GetUtcNow().ToUnixTimeMilliseconds());
        Confirm(Peer, _ends);
        Write(seconds: 20, lateMs: 40);
        Assert.Equal(0, _flow.Pauses);
    }

    [Fact]
    public void Look_LongWay_IsNotHeldAgainstThePeer()
    {
        Write(seconds: 10, lateMs: 700);
        Assert.Equal(0, _flow.Pauses);
        Write(seconds: 0.3, lateMs: 1000);
        Assert.Equal(0, _flow.PauseMs);
        Write(seconds: 0.5, lateMs: null);
        Assert.Equal(1, _flow.PauseMs);
    }

    [Fact]
    public void Look_OneOfTwoPeersIsLate_Pauses()
    {
        _vectors.SetPeers([Peer, Other]);
        for (int i = 0; i < 100; i++)
        {
            Write(seconds: 0.02, lateMs: 20);
            Confirm(Other, _ends);
        }

        for (int i = 0; i < 30; i++)
        {
            Assert.Equal(0, _flow.PauseMs);
            _flow.Heard(Other);
            Write(seconds: 0.01, lateMs: 20);
        }

        for (int i = 0; i < 30; i++)
        {
            _flow.Heard(Other);
            Write(seconds: 0.01, lateMs: 20);
        }

        Assert.Equal(1, _flow.PauseMs);
        _vectors.SetPeers([Peer]);
        Write(seconds: 0.02, lateMs: 20);
        Assert.Equal(0, _flow.PauseMs);
    }

    [Fact]
    public void Look_NobodyWritesAnyMore_ShowsNoPause()
    {
        Write(seconds: 2, lateMs: 20);
        Write(seconds: 1, lateMs: null);
        Assert.NotEqual(0, _flow.PauseMs);
        _time.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _flow.PauseMs);
    }

    [Fact]
    public void Look_TargetIsZero_NeverPauses()
    {
        _flow = With(targetMs: 0);
        Write(seconds: 2, lateMs: 20);
        Write(seconds: 3, lateMs: null);
        Assert.Equal(0, _flow.Pauses);
    }

    private FlowControl With(int targetMs) => new(_time, TimeSpan.FromMilliseconds(targetMs), _vectors, partition => _ends[partition]);

    /// <summary>Writes to partitions 0 to 2 every 10 ms; the peer confirms what was written so long ago, or nothing more.</summary>
    private void Write(double seconds, double? lateMs, bool heard = true)
    {
        for (int i = 0; i < seconds * 100; i++)
        {
            _time.Pass(TimeSpan.FromMilliseconds(10));
            long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
            for (int partition = 0; partition < 3; partition++)
                _ends[partition] = HybridTime.FromMs(nowMs);
            if (heard)
                _flow.Heard(Peer);
            if (lateMs is { } late)
            {
                ulong[] then = [.. _ends];
                then.AsSpan(0, 3).Fill(HybridTime.FromMs(nowMs - (long)late));
                Confirm(Peer, then);
            }

            _flow.Look();
        }
    }

    private void Confirm(byte peer, ulong[] ends)
    {
        for (int partition = 0; partition < ends.Length; partition++)
        {
            var applied = new StampVector();
            applied.Raise(Self, ends[partition]);
            _vectors.Heard(partition, peer, applied, _time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }
}
