namespace MultiCloudKv.Replicator.Apply;

/// <summary>Why a session of a pipeline ended; the next one begins from the node's cursors.</summary>
internal enum SessionEnd
{
    /// <summary>The origin can't be reached, or ended its stream.</summary>
    OriginAway = 0,

    /// <summary>The node can't be reached, or ended its stream.</summary>
    NodeAway = 1,

    /// <summary>The operator, or a peer that starts, wants nothing to be under way.</summary>
    Held = 2,

    /// <summary>A missing message: the stream is opened again behind what was applied.</summary>
    Reopen = 3,

    /// <summary>The node can't take more now.</summary>
    NodeBusy = 4,
}
