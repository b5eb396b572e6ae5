using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Cli.Demo;

/// <summary>
/// How many changes a region made and how many of them another one applied, both from the gapless sequences every
/// partition keeps: a change that looped back would be made twice, a lost one would be missing.
/// </summary>
internal sealed record SequenceCheck(long Made, long Applied)
{
    public static async Task<SequenceCheck?> ReadAsync(NodeClient origin, NodeClient receiver, string clusterId, CancellationToken stop)
    {
        try
        {
            IdentityReply there = await origin.IdentityAsync(clusterId, stop).ConfigureAwait(false);
            IdentityReply here = await receiver.IdentityAsync(clusterId, stop).ConfigureAwait(false);
            return new SequenceCheck(
                there.OwnEnds.Sum(end => (long)end.Sequence),
                here.Cursors.Where(cursor => cursor.Origin == origin.Region.Id).Sum(cursor => (long)cursor.Sequence));
        }
        catch (RpcException)
        {
            return null;
        }
    }
}
