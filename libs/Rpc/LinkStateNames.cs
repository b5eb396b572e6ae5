using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Rpc;

/// <summary>How link states are called in logs, metrics and by the operator's tool.</summary>
public static class LinkStateNames
{
    public static string Of(LinkState state) => state switch
    {
        LinkState.Connecting => "connecting",
        LinkState.Streaming => "streaming",
        LinkState.Paused => "paused",
        LinkState.ClockDrift => "clock-drift",
        LinkState.GapReship => "gap-reship",
        LinkState.NeedsResync => "needs-resync",
        LinkState.Fenced => "fenced",
        _ => "unknown",
    };
}
