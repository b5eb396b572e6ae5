using System.Net.Http.Headers;
using System.Text.Json;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Cli.Remote;

/// <summary>A region's processes as the tool reaches them: the node's and the replicator's RPC ports and their health pages.</summary>
internal sealed class NodeClient : IDisposable
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan VerifyLimit = TimeSpan.FromSeconds(60);

    private readonly RpcChannel _node;
    private readonly RpcChannel _replicator;
    private readonly HttpClient _http;
    private readonly string _scheme;

    public NodeClient(RegionState region, RegionAccess access)
    {
        Region = region;
        RpcChannelOptions options = new() { Password = access.Password, Tls = access.Rpc };
        _node = new RpcChannel($"127.0.0.1:{region.RpcPort}", options);
        _replicator = new RpcChannel($"127.0.0.1:{region.ReplicatorPort}", options);
        SocketsHttpHandler handler = new() { UseProxy = false, ConnectTimeout = CallLimit };
        if (access.Admin is { } trust)
            handler.SslOptions.RemoteCertificateValidationCallback = trust.Accepts;
        _scheme = access.Admin is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
        _http = new HttpClient(handler) { Timeout = CallLimit };
        if (access.Password is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", access.Password);
    }

    public RegionState Region { get; }

    /// <summary>The server's own account of itself, or why there is none.</summary>
    public async Task<(JsonElement? Status, string? Reason)> ServerStatusAsync(CancellationToken stop)
    {
        try
        {
            AdminReply reply = await _node.UnaryAsync(NodeMethods.Admin, new AdminRequest { Verb = "status" }, CallLimit, stop).ConfigureAwait(false);
            using JsonDocument document = JsonDocument.Parse(reply.Json);
            return (document.RootElement.Clone(), null);
        }
        catch (RpcException failure)
        {
            return (null, failure.Message);
        }
    }

    public async Task<(StatusReply? Status, string? Reason)> ReplicatorStatusAsync(CancellationToken stop)
    {
        try
        {
            return (await _replicator.UnaryAsync(ReplicatorMethods.Status, new StatusRequest(), CallLimit, stop).ConfigureAwait(false), null);
        }
        catch (RpcException failure)
        {
            return (null, failure.Message);
        }
    }

    public async Task<bool> SetLinkAsync(string peer, bool paused, CancellationToken stop) =>
        (await _replicator.UnaryAsync(ReplicatorMethods.SetLink, new SetLinkRequest { Peer = peer, Paused = paused }, CallLimit, stop).ConfigureAwait(false)).Changed;

    /// <summary>The region's own sequences and how far it has applied each other region's.</summary>
    /// <exception cref="RpcException">The replicator doesn't answer.</exception>
    public async Task<IdentityReply> IdentityAsync(string clusterId, CancellationToken stop) =>
        await _replicator.UnaryAsync(ReplicatorMethods.Identity, new IdentityRequest { ClusterId = clusterId }, CallLimit, stop).ConfigureAwait(false);

    /// <summary>Digests of a range of slots, one reply per slot that holds anything.</summary>
    public async Task<List<VerifyReply>> DigestsAsync(int firstSlot, int lastSlot, VerifyDetail detail, CancellationToken stop)
    {
        List<VerifyReply> replies = [];
        VerifyRequest request = new() { FirstSlot = (uint)firstSlot, LastSlot = (uint)lastSlot, Detail = detail };
        await using RpcStream<VerifyReply> stream = await _node.StreamAsync(NodeMethods.Verify, request, VerifyLimit, stop).ConfigureAwait(false);
        while (await stream.Replies.ReadAsync(stop).ConfigureAwait(false) is { } reply)
            replies.Add(reply);
        return replies;
    }

    /// <summary>Null when the page answers 200, else why not, one line.</summary>
    public async Task<string?> PageAsync(int adminPort, string page, CancellationToken stop)
    {
        try
        {
            using HttpResponseMessage reply = await _http.GetAsync(new Uri($"{_scheme}://127.0.0.1:{adminPort}/{page}"), stop).ConfigureAwait(false);
            if (reply.IsSuccessStatusCode)
                return null;
            string body = await reply.Content.ReadAsStringAsync(stop).ConfigureAwait(false);
            return body.Trim() is { Length: > 0 } text ? text.Split('\n')[0] : $"HTTP status {(int)reply.StatusCode}";
        }
        catch (Exception down) when (down is HttpRequestException or IOException || (down is TaskCanceledException && !stop.IsCancellationRequested))
        {
            return down.GetBaseException().Message;
        }
    }

    public void Dispose()
    {
        _node.Dispose();
        _replicator.Dispose();
        _http.Dispose();
    }
}
