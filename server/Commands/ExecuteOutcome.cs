namespace MultiCloudKv.Server.Commands;

/// <summary>What the connection has to do after <see cref="CommandExecutor.Execute"/>.</summary>
internal enum ExecuteOutcome
{
    /// <summary>The command has been answered.</summary>
    Done,

    /// <summary>Records are missing: load them, then execute the same command again.</summary>
    Load,

    /// <summary>The handler left the rest to <see cref="CommandContext.Deferred"/>: await it.</summary>
    Wait,
}
