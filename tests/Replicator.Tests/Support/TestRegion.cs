using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Configuration;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Tests.Support;

/// <summary>One region in the test's process: a fake node and the real replicator, each of which can be stopped and started.</summary>
internal sealed class TestRegion : IAsyncDisposable
{
    private readonly TestSystem _system;
    private Task _running = Task.CompletedTask;

    public TestRegion(TestSystem system, byte id, int nodePort, int replicatorPort)
    {
        _system = system;
        Id = id;
        NodePort = nodePort;
        ReplicatorPort = replicatorPort;
        Name = $"r{id}";
        DataDirectory = Path.Combine(system.Root, Name);
        Directory.CreateDirectory(DataDirectory);
    }

    public byte Id { get; }

    public string Name { get; }

    public int NodePort { get; }

    public int ReplicatorPort { get; }

    public string DataDirectory { get; }

    public TestNode? Node { get; private set; }

    public ReplicatorHost? Replicator { get; private set; }

    public FakeEngine Engine => Node!.Engine;

    public StatusReply Status => Replicator!.Service!.Status();

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Further lines of the configuration file.</summary>
    public string ExtraConfig { get; set; } = "";

    public TransportFactory? Transport { get; set; }

    public bool Proofless { get; set; }

    public async Task StartNodeAsync(bool force = false)
    {
        var engine = new FakeEngine(_system.Cluster, Id, Name, Path.Combine(DataDirectory, "binlog"), _system.Partitions, Time, force, _system.SegmentBytes, Proofless);
        Node = await TestNode.StartAsync(engine, DataDirectory, NodePort);
    }

    public async Task StopNodeAsync()
    {
        if (Node is not null)
            await Node.DisposeAsync();
        Node = null;
    }

    public void StartReplicator()
    {
        Replicator = new ReplicatorHost(Config(), _system.Loggers, Transport, Time);
        _running = Replicator.RunAsync();
    }

    /// <summary>How the replicator's run ended.</summary>
    public Task Running => _running;

    public async Task StopReplicatorAsync()
    {
        if (Replicator is null)
            return;
        await Replicator.StopAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        await Replicator.DisposeAsync();
        Replicator = null;
    }

    public async Task StartAsync()
    {
        await StartNodeAsync();
        StartReplicator();
    }

    /// <summary>A copy of the node's binlog as it is now, to be restored later: what an older disk would hold.</summary>
    public string CopyBinlog()
    {
        string copy = Path.Combine(DataDirectory, $"copy-{Guid.NewGuid():n}");
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(DataDirectory, "binlog")))
        {
            if (Path.GetFileName(file) != "lock")
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return copy;
    }

    /// <summary>Puts an older copy in the binlog's place; the node is stopped.</summary>
    public void RestoreBinlog(string copy)
    {
        Directory.Delete(Path.Combine(DataDirectory, "binlog"), recursive: true);
        Directory.Move(copy, Path.Combine(DataDirectory, "binlog"));
    }

    /// <summary>Calls this region's replicator as the operator's tool does.</summary>
    public async Task<TReply> CallAsync<TRequest, TReply>(RpcMethod<TRequest, TReply> method, TRequest request)
        where TRequest : Google.Protobuf.IMessage<TRequest>, new()
        where TReply : Google.Protobuf.IMessage<TReply>, new()
    {
        using var channel = new RpcChannel($"127.0.0.1:{ReplicatorPort}");
        return await channel.UnaryAsync(method, request, TimeSpan.FromSeconds(10));
    }

    public Task SetLinkAsync(TestRegion peer, bool paused) =>
        CallAsync(ReplicatorMethods.SetLink, new SetLinkRequest { Peer = peer.Name, Paused = paused });

    public NodeConfig Config()
    {
        string peers = string.Concat(_system.Regions.Where(r => r != this).Select(r => $"  - {{name: {r.Name}, id: {r.Id}, replicator: 127.0.0.1:{r.ReplicatorPort}}}\n"));
        return NodeConfigLoader.Parse(
            $"""
            cluster-id: {_system.Cluster}
            region:
              name: {Name}
              id: {Id}
            data-dir: {DataDirectory}
            partitions: {_system.Partitions}
            rpc:
              port: {NodePort}
            replicator:
              port: {ReplicatorPort}
            peers:
            {peers}
            {ExtraConfig}
            """,
            Name);
    }

    public async ValueTask DisposeAsync()
    {
        await StopReplicatorAsync();
        await StopNodeAsync();
    }
}
