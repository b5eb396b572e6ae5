using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MultiCloudKv.Foundation;
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
