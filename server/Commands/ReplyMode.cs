namespace MultiCloudKv.Server.Commands;

/// <summary>CLIENT REPLY: whether this connection gets replies.</summary>
internal enum ReplyMode
{
    On,
    Off,

    /// <summary>Not the reply to CLIENT REPLY SKIP itself, and not the next one.</summary>
    SkipNext,

    /// <summary>This command's reply is dropped, the following ones are not.</summary>
    Skip,
}
