using MultiCloudKv.Replicator.Tests.Support;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Tests;

public sealed class DirectBasicsTests
{
    [Fact]
    public async Task Changes_WrittenInBothRegions_ArriveInOrderInTheOther()
    {
        await using TestSystem system = await TestSystem.StartedAsync();
        for (int i = 0; i < 2000; i++)
        {
            system.A.Engine.Write("from a"u8, (i * 37) % 16384);
            system.B.Engine.Write("from b"u8, (i * 91) % 16384, (i * 13) % 16384);
        }

        await system.ConvergedAsync(system.A, system.B);
        await system.ConvergedAsync(system.B, system.A);
        Assert.Equal(2000, system.B.Engine.AppliedCount);
        Assert.Equal(4000, system.A.Engine.AppliedCount);
        Assert.All(system.A.Status.Origins, o => Assert.Equal(LinkState.Streaming, o.State));
    }
}
