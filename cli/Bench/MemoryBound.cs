using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Cli.Bench;

/// <summary>What a node was told it may use for records.</summary>
internal static class MemoryBound
{
    public static long Bytes(string configPath)
    {
        NodeConfig config = NodeConfigLoader.Load(configPath);
        return config.Cache.Bytes + config.Cache.DirtyBytes;
    }
}
