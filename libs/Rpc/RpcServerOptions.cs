using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MultiCloudKv.Rpc;

/// <summary>Where and how an <see cref="RpcServer"/> listens.</summary>
public sealed record RpcServerOptions
{
    public required IPEndPoint Listen { get; init; }

    /// <summary>Expected in the metadata entry "authorization"; null: none is asked for.</summary>
    public string? Password { get; init; }

    /// <summary>With a certificate the port speaks TLS, without one HTTP/2 in clear text.</summary>
    public X509Certificate2? Certificate { get; init; }

    public int MessageBytesMax { get; init; } = RpcLimits.MessageBytesMax;

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Called for a broken invariant in a service: the process is to stop.</summary>
    public Action<Exception> OnFatal { get; init; } = e => Environment.FailFast(e.Message, e);
}
