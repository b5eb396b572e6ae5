using Microsoft.AspNetCore.Http;

namespace MultiCloudKv.Rpc;

/// <summary>What a service sees of a call besides its messages.</summary>
public sealed class RpcContext
{
    private readonly HttpContext _http;

    internal RpcContext(HttpContext http, CancellationToken cancel)
    {
        _http = http;
        Cancel = cancel;
    }

    /// <summary>Ends when the caller goes, its deadline passes, or the server stops.</summary>
    public CancellationToken Cancel { get; }

    public string Peer => $"{_http.Connection.RemoteIpAddress}:{_http.Connection.RemotePort}";

    /// <summary>A metadata entry, or null.</summary>
    public string? Metadata(string name) => _http.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;
}
