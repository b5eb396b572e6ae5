using System.Globalization;
using System.Text;
using MultiCloudKv.Resp.Catalogue;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// One client connection as the commands see it: who it is, what it may do, and what it has set for itself.
/// </summary>
/// <remarks>
/// Written by the thread that runs the connection's commands, except <see cref="WatchBroken"/>. What CLIENT LIST of another
/// connection reads is a word or a reference, so a reader sees an old value or a new one.
/// </remarks>
internal sealed class ClientState
{
    private readonly List<WatchedKey> _watched = [];
    private volatile bool _watchBroken;

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

    /// <summary>It showed the password, or connected while none was set.</summary>
    public bool Authenticated { get; set; }

    public bool NoEvict { get; set; }

    public bool NoTouch { get; set; }

    public int Protocol { get; set; } = 2;

    /// <summary>Asked to go (QUIT, CLIENT KILL of itself, a malformed request): after the replies written so far.</summary>
    public bool CloseAfterReply { get; set; }

    public ReplyMode ReplyMode { get; set; }

    public CommandRow? LastCommand { get; set; }

    /// <summary>The last change it made, for WAITREGIONS.</summary>
    public CommitResult LastWrite { get; set; }

    /// <summary>What it ran.</summary>
    public CommandCounts Counts { get; } = new();

    /// <summary>Commands queued by MULTI.</summary>
    public TransactionQueue Queue { get; } = new();

    public IReadOnlyList<WatchedKey> Watched => _watched;

    /// <summary>A watched key was touched since WATCH. Set by whoever touches it, under its stripe.</summary>
    public bool WatchBroken
    {
        get => _watchBroken;
        set => _watchBroken = value;
    }

    /// <summary>Bytes that have arrived and belong to a command which is not complete.</summary>
    public int QueryBytes { get; set; }

    /// <summary>Stops the connection from another thread; set by the connection.</summary>
    public Action Abort { get; set; } = static () => { };

    public void Watch(WatchRegistry registry, WatchedKey watched)
    {
        foreach (WatchedKey known in _watched)
        {
            if (known.Slot == watched.Slot && known.Key.AsSpan().SequenceEqual(watched.Key))
                return;
        }

        _watched.Add(watched);
        registry.Add(this, watched);
    }

    public void Unwatch(WatchRegistry registry)
    {
        if (_watched.Count > 0)
        {
            registry.Remove(this, _watched);
            _watched.Clear();
        }

        WatchBroken = false;
    }

    /// <summary>One line of CLIENT LIST, with the field names of Redis 7.0.</summary>
    public string Describe(long nowMs)
    {
        string flags = Queue.Open ? "x" : "N";
        if (WatchBroken)
            flags = flags.Replace("N", "", StringComparison.Ordinal) + "d";
        if (CloseAfterReply)
            flags = flags.Replace("N", "", StringComparison.Ordinal) + "c";
        if (NoEvict)
            flags = flags.Replace("N", "", StringComparison.Ordinal) + "e";
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"id={Id} addr={Address} laddr={LocalAddress} fd={Id} name={Name}");
        line.Append(CultureInfo.InvariantCulture, $" age={Math.Max(0, nowMs - CreatedMs) / 1000} idle={Math.Max(0, nowMs - LastActiveMs) / 1000} flags={flags} db=0");
        line.Append(CultureInfo.InvariantCulture, $" sub=0 psub=0 ssub=0 multi={(Queue.Open ? Queue.Commands.Count : -1)} qbuf={QueryBytes}");
        line.Append(CultureInfo.InvariantCulture, $" cmd={LastCommand?.Name ?? "NULL"} user=default redir=-1 resp={Protocol} lib-name={LibraryName} lib-ver={LibraryVersion}");
        return line.ToString();
    }
}
