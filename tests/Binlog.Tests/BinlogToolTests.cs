using System.Text.Json;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog.Tests;

public class BinlogToolTests
{
    [Fact]
    public void Dump_OfEveryKind_PrintsOneLinePerRecord()
    {
        using var log = new TestLog();
        WriteSome(log);
        foreach (bool json in new[] { false, true })
        {
            foreach (string path in new[] { log.Dir, log.SegmentFiles()[0] })
            {
                var text = new StringWriter();
                Assert.Equal(5, BinlogTool.Dump(path, text, new DumpOptions { Json = json }));
                string[] lines = [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => !l.StartsWith('#'))];
                Assert.Equal(5, lines.Length);
                if (json)
                {
                    JsonElement own = JsonDocument.Parse(lines[2]).RootElement;
                    Assert.Equal("own", own.GetProperty("kind").GetString());
                    Assert.Equal(5, own.GetProperty("groups")[0].GetProperty("slot").GetInt32());
                    Assert.Equal(99, own.GetProperty("groups")[0].GetProperty("context").GetProperty("2").GetInt64());
                    Assert.Equal("topic", JsonDocument.Parse(lines[3]).RootElement.GetProperty("cursor").GetProperty("topic").GetString());
                }
                else
                {
                    Assert.Contains("marker", lines[0], StringComparison.Ordinal);
                    Assert.Contains("own", lines[2], StringComparison.Ordinal);
                    Assert.Contains("[slot 5 seq 1 prev 7", lines[2], StringComparison.Ordinal);
                    Assert.Contains("remote", lines[3], StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void Verify_OfAGoodLog_CountsItWhileItIsOpenAndClosed()
    {
        using var log = new TestLog();
        using (BinlogWriter writer = log.Open())
        {
            for (int i = 0; i < 500; i++)
                TestLog.AppendOwn(writer, opsLength: 400);
            VerifyReport live = BinlogTool.Verify(log.Dir);
            Assert.True(live.Ok, live.ToString());
            Assert.Equal(502, live.Records);
            Assert.Equal(writer.Committed, live.End);
        }

        VerifyReport closed = BinlogTool.Verify(log.Dir);
        Assert.True(closed.Ok, closed.ToString());
        Assert.Equal(502, closed.Records);
        Assert.Equal(log.SegmentFiles().Length, closed.Segments);
    }

    [Fact]
    public void Verify_OfADamagedLog_SaysWhereAndWhetherItIsOnlyTorn()
    {
        using var log = new TestLog();
        BinlogWriter writer = log.Open();
        Appended durable = TestLog.AppendOwn(writer);
        TestLog.Sync(writer, durable.End);
        Appended torn = TestLog.AppendOwn(writer);
        writer.Abandon();
        File.Delete(Path.Combine(log.Dir, SegmentNames.Committed));
        string file = log.SegmentFiles()[0];
        byte[] bytes = File.ReadAllBytes(file);
        bytes[torn.Position + 50] ^= 1;
        File.WriteAllBytes(file, bytes);
        VerifyReport report = BinlogTool.Verify(log.Dir);
        Assert.True(report.Ok && report.Torn, report.ToString());
        Assert.Equal((torn.Position, file), (report.Offset, report.File));
        bytes[durable.Position + 50] ^= 1;
        File.WriteAllBytes(file, bytes);
        report = BinlogTool.Verify(log.Dir);
        Assert.False(report.Ok);
        Assert.Equal(durable.Position, report.Offset);
        Assert.Contains("checksum", report.ToString(), StringComparison.Ordinal);
        var dumped = new StringWriter();
        BinlogTool.Dump(file, dumped, new DumpOptions());
        Assert.Contains("checksum", dumped.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_OfNoBinlog_SaysSo() =>
        Assert.Equal(ExitCodes.Usage, Assert.Throws<EnvironmentException>(() => BinlogTool.Verify("/etc/passwd")).ExitCode);

    private static void WriteSome(TestLog log)
    {
        using BinlogWriter writer = log.Open();
        TestLog.AppendOwn(writer);
        byte[] batch = TestLog.BatchBody(2, (100, 1));
        Assert.Equal(AppendStatus.Ok, writer.AppendBatch(RecordKind.RemoteBatch, 2, batch, 1, out _));
        Assert.Equal(AppendStatus.Ok, writer.AppendMarker(MarkerKind.Writable, default, out _));
    }
}
