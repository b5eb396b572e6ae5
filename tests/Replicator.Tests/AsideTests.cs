namespace MultiCloudKv.Replicator.Tests;

public class AsideTests
{
    [Fact]
    public async Task RunAsync_Work_HoldsNoWorkerOfThePool()
    {
        Assert.False(await Aside.RunAsync(() => Thread.CurrentThread.IsThreadPoolThread));
        bool pooled = true;
        await Aside.RunAsync(() => { pooled = Thread.CurrentThread.IsThreadPoolThread; });
        Assert.False(pooled);
    }

    [Fact]
    public async Task RunAsync_WorkThatFails_FailsTheCaller() =>
        await Assert.ThrowsAsync<IOException>(() => Aside.RunAsync(() => throw new IOException("disk")));
}
