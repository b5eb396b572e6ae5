using MultiCloudKv.Server.Replication;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Server.Tests.Storage;

public sealed class RetentionTests
{
    private const long SegmentBytes = 1L << 20;
    private const long BytesMax = 4L << 20;
    private const string Settings = "peers: [{name: west, id: 2, replicator: \"127.0.0.1:1\"}]\nbinlog: {max-bytes: 4MiB, segment-bytes: 1MiB}\nlimits: {disk-free-bytes-min: 0}\n";
    private static readonly string Value = new('v', 10_000);

    [Fact]
    public async Task S1_PeerAwayThenBack_LogIsBoundedWithAnAlarmAndLetGoOfAgain()
    {
        await using var fixture = new EngineFixture();
        fixture.Open(Settings);
        fixture.Engine.SetTakenBack();
        Retention retention = fixture.Engine.Retention;
        await WriteAsync(fixture, BytesMax / 2);
        Assert.Equal(0, retention.Confirm(0, [West(0)]));
        Assert.False(retention.Alarmed);
        await WriteAsync(fixture, (BytesMax / 2) - (SegmentBytes / 4));
        Assert.True(retention.Alarmed);
        Assert.Equal(0, retention.Apply());

        for (int i = 0; i < 4; i++)
        {
            await WriteAsync(fixture, BytesMax);
            Assert.InRange(Bytes(fixture), 0, BytesMax + (2 * SegmentBytes));
        }

        Assert.True(retention.Confirm(0, [West(0)]) > 0, "the first position that is left tells the replicator of the hole");
        long committed = fixture.Engine.Binlog.Committed;
        await fixture.Engine.Cache.Epochs.CloseAsync();
        retention.Confirm(committed, [West(committed)]);
        Assert.InRange(Bytes(fixture), 0, 2 * SegmentBytes);
        Assert.False(retention.Alarmed);
        for (int i = 0; i < 4; i++)
        {
            await WriteAsync(fixture, BytesMax / 2);
            committed = fixture.Engine.Binlog.Committed;
            retention.Confirm(committed, [West(committed)]);
            Assert.InRange(Bytes(fixture), 0, 2 * SegmentBytes);
        }
    }

    /// <summary>Writes about so many bytes of log, all of which an epoch then holds.</summary>
    private static async Task WriteAsync(EngineFixture fixture, long bytes)
    {
        long end = fixture.Engine.Binlog.Committed + bytes;
        for (int i = 0; fixture.Engine.Binlog.Committed < end; i++)
            Assert.Null(fixture.Set($"k{i % 50}", Value).Refusal);
        await fixture.Engine.Cache.Epochs.CloseAsync();
    }

    private static long Bytes(EngineFixture fixture) => fixture.Engine.Binlog.Segments().Sum(segment => segment.Bytes);

    private static PeerConfirmation West(long confirmed) => new(2, "west", "streaming", "", 0, confirmed, 0, NeedsResync: false);
}
