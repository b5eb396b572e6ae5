namespace MultiCloudKv.Server.Network;

/// <summary>Why a <see cref="RequestRunner"/> stopped.</summary>
internal enum RunStop
{
    /// <summary>The bytes that are left are no whole command.</summary>
    NeedBytes,

    /// <summary>The command wants records that are not in memory; it runs again when they are.</summary>
    Load,

    /// <summary>The command left something to be awaited.</summary>
    Wait,

    /// <summary>The replies are to be sent before more is executed.</summary>
    Flush,

    /// <summary>The connection ends after the replies.</summary>
    Close,
}
