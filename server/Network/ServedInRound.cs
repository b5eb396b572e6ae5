namespace MultiCloudKv.Server.Network;

/// <summary>What became of bytes offered to a connection within a loop's round.</summary>
internal enum ServedInRound
{
    /// <summary>All is executed and answered.</summary>
    Wholly,

    /// <summary>Nothing was done: a command of the connection is under way.</summary>
    NotNow,

    /// <summary>Something has to be awaited: the connection goes on with the runner, and keeps it.</summary>
    KeepsRunner,
}
