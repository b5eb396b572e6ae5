namespace MultiCloudKv.Resp;

/// <summary>What <see cref="RequestParser.Parse"/> found.</summary>
public enum ParseStatus
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>One command; it may have no arguments (an empty line), which is not answered.</summary>
    Complete,

    /// <summary>Not RESP, or beyond a limit: <see cref="RequestParser.Error"/> is answered and the connection closed.</summary>
    Malformed,
}
