using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Remote;

namespace MultiCloudKv.Cli.Verbs;

/// <summary>What verbs that talk to a system have in common.</summary>
internal static class Systems
{
    /// <summary>Runs against one client per region.</summary>
    public static async Task<T> WithClientsAsync<T>(SystemState system, string? passwordFile, Func<IReadOnlyList<NodeClient>, Task<T>> use)
    {
        List<NodeClient> clients = [.. system.Regions.Select(region => new NodeClient(region, RegionAccess.Of(system, region, passwordFile)))];
        try
        {
            return await use(clients).ConfigureAwait(false);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }
}
