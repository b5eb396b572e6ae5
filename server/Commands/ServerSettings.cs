using System.Text;
using MultiCloudKv.Resp;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// The settings that clients can see and change while the node runs (CONFIG GET, CONFIG SET); everything else stands in
/// the node's file. A change lasts until the next start.
/// </summary>
/// <remarks>Immutable values behind volatile references: a command sees one value throughout.</remarks>
internal sealed class ServerSettings
{
    public const int MaxClientsDefault = 10_000;

    private volatile RequestLimits _requestLimits = RequestLimits.Default;
    private volatile EncodingThresholds _encodings = EncodingThresholds.Default;
    private volatile byte[]? _password;
    private volatile int _maxClients = MaxClientsDefault;
    private volatile int _idleTimeoutSeconds;

    public static ServerSettings From(NodeConfig config, string? password) => new()
    {
        MaxClients = config.Client.ConnectionsMax,
        Password = password is null ? null : Encoding.UTF8.GetBytes(password),
        RequestLimits = new RequestLimits { BulkBytesMax = config.Limits.ValueBytesMax, ArgumentsMax = config.Limits.ArgumentsMax },
        KeyBytesMax = config.Limits.KeyBytesMax,
    };

    /// <summary>Longest key; a command with a longer one is refused.</summary>
    public int KeyBytesMax { get; private init; } = 64 * 1024;

    /// <summary>What OBJECT ENCODING answers by.</summary>
    public EncodingThresholds Encodings
    {
        get => _encodings;
        set => _encodings = value;
    }

    /// <summary>requirepass; null when clients need none.</summary>
    public byte[]? Password
    {
        get => _password;
        set => _password = value;
    }

    /// <summary>maxclients.</summary>
    public int MaxClients
    {
        get => _maxClients;
        set => _maxClients = value;
    }

    /// <summary>timeout: seconds after which an idle connection is closed; 0 never.</summary>
    public int IdleTimeoutSeconds
    {
        get => _idleTimeoutSeconds;
        set => _idleTimeoutSeconds = value;
    }

    /// <summary>proto-max-bulk-len and what else bounds one request.</summary>
    public RequestLimits RequestLimits
    {
        get => _requestLimits;
        set => _requestLimits = value;
    }
}
