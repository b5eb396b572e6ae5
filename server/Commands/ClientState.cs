namespace MultiCloudKv.Server.Commands;

/// <summary>
/// One client connection as the commands see it: who it is, what it may do, and what it has set for itself.
/// </summary>
/// <remarks>
/// Written by the thread that runs the connection's commands. What CLIENT LIST of another connection reads is a word or a
/// reference, so a reader sees an old value or a new one.
/// </remarks>
internal sealed class ClientState
{
    public ClientState(long id, string address, string localAddress, long nowMs)
    {
        Id = id;
        Address = address;
        LocalAddress = localAddress;
        CreatedMs = nowMs;
        LastActiveMs = nowMs;
    }

    public long Id { get; }

    public string Address { get; }

    public string LocalAddress { get; }

    public long CreatedMs { get; }

    public long LastActiveMs { get; set; }

    public string Name { get; set; } = "";

    public string LibraryName { get; set; } = "";

    public string LibraryVersion { get; set; } = "";

    public bool Authenticated { get; set; }

    /// <summary>Asked to go (QUIT, CLIENT KILL of itself, a malformed request): after the replies written so far.</summary>
    public bool CloseAfterReply { get; set; }

    public ReplyMode ReplyMode { get; set; }
}
