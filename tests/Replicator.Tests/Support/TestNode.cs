using System.Net;
using MultiCloudKv.Rpc;
using MultiCloudKv.Server.Replication;

namespace MultiCloudKv.Replicator.Tests.Support;

/// <summary>A fake engine behind the real node service on a port.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly RpcServer _rpc;
    private readonly NodeService _service;
    private readonly ReplicationEpoch _epoch;

    private TestNode(FakeEngine engine, RpcServer rpc, NodeService service, ReplicationEpoch epoch)
    {
        Engine = engine;
        _rpc = rpc;
        _service = service;
        _epoch = epoch;
    }

    public FakeEngine Engine { get; }

    public static async Task<TestNode> StartAsync(FakeEngine engine, string dataDirectory, int port)
    {
        var epoch = new ReplicationEpoch(Path.Combine(dataDirectory, "replicator-epoch"));
        var service = new NodeService(engine, epoch);
        var services = new RpcServices();
        service.Register(services);
        var rpc = new RpcServer(new RpcServerOptions { Listen = new IPEndPoint(IPAddress.Loopback, port) }, services);
        await rpc.StartAsync();
        return new TestNode(engine, rpc, service, epoch);
    }

    public async ValueTask DisposeAsync()
    {
        await _rpc.DisposeAsync();
        _service.Dispose();
        _epoch.Dispose();
        Engine.Dispose();
    }
}
