using MultiCloudKv.Foundation;
using MultiCloudKv.Server.Replication;

namespace MultiCloudKv.Replicator.Tests;

public sealed class ReplicationEpochTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mckv-epoch-").FullName;

    private string FilePath => Path.Combine(_directory, "epoch");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void NewReplicator_FencesTheOneBefore()
    {
        using var epoch = new ReplicationEpoch(FilePath);
        Assert.True(epoch.TryAttach("a", 0, out ulong first, out _));
        Assert.True(epoch.IsCurrent(first, out CancellationToken replaced, out _));
        Assert.True(epoch.TryAttach("b", 0, out ulong second, out _));
        Assert.True(replaced.IsCancellationRequested);
        Assert.False(epoch.IsCurrent(first, out _, out string reason));
        Assert.StartsWith("fenced", reason, StringComparison.Ordinal);
        Assert.True(second > first);
        Assert.False(epoch.TryAttach("a", first, out _, out _));
    }

    [Fact]
    public void S13_ReplicatorThatSleptThroughTheNodesRestart_IsStillTheOlderOne()
    {
        ulong first, second;
        using (var before = new ReplicationEpoch(FilePath))
        {
            before.TryAttach("a", 0, out first, out _);
            before.TryAttach("b", 0, out second, out _);
        }

        using var after = new ReplicationEpoch(FilePath);
        Assert.True(after.TryAttach("b", second, out ulong kept, out _));
        Assert.Equal(second, kept);
        Assert.False(after.TryAttach("a", first, out _, out string reason));
        Assert.StartsWith("fenced", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedFile_IsRefused()
    {
        File.WriteAllBytes(FilePath, [1, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
        Assert.Throws<EnvironmentException>(() => new ReplicationEpoch(FilePath));
    }
}
