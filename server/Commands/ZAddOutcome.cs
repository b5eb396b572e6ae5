namespace MultiCloudKv.Server.Commands;

/// <summary>What became of one member of a ZADD.</summary>
internal enum ZAddOutcome
{
    Added,
    Updated,

    /// <summary>Written with the score it had.</summary>
    Same,

    /// <summary>A condition did not hold; nothing is written.</summary>
    Refused,

    /// <summary>The sum of opposite infinities.</summary>
    NotANumber,
}
