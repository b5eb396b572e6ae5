using System.Diagnostics.Metrics;
using MultiCloudKv.Resp.Catalogue;
using MultiCloudKv.Server.Commands;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Telemetry;

/// <summary>The node's metrics, read from its parts when they are asked for, so that counting costs the commands nothing.</summary>
internal sealed class ServerMetrics : IDisposable
{
    public const string MeterName = "mckv.server";

    private readonly Meter _meter = new(MeterName);
    private readonly CommandServices _services;

    public ServerMetrics(CommandServices services)
    {
        _services = services;
        Counter("mckv.server.commands", "commands", "Commands executed.", static s => s.Statistics.Commands);
        Counter("mckv.server.commands.rejected", "commands", "Commands refused before they ran.", static s => s.Statistics.Errors);
        Counter("mckv.server.commands.reloaded", "commands", "Runs of a command that ended because a record was not in memory.", static s => s.Statistics.Reloads);
        Counter("mckv.server.net.received", "By", "Received from clients.", static s => s.Statistics.BytesIn);
        Counter("mckv.server.net.sent", "By", "Sent to clients.", static s => s.Statistics.BytesOut);
        ByCommand("mckv.server.command.calls", "calls", "Commands that ran.", static c => c.Calls);
        ByCommand("mckv.server.command.failed", "calls", "Commands that ran and answered an error.", static c => c.Failed);
        ByCommand("mckv.server.command.rejected", "calls", "Commands refused before they ran, by name.", static c => c.Rejected);
        ByCommand("mckv.server.command.time", "us", "Time commands took, estimated from every 64th of them.", static c => c.Microseconds);
        Gauge("mckv.server.clients", "clients", "Clients connected.", static s => s.Clients.Count);
        Gauge("mckv.server.clients.waiting", "clients", "Clients whose command waits.", static s => s.WaitingClients);
        Counter("mckv.server.clients.accepted", "clients", "Connections accepted.", static s => s.Clients.Accepted);
        Counter("mckv.server.clients.refused", "clients", "Connections refused at the maximum.", static s => s.Clients.Refused);
        Gauge("mckv.server.keys", "keys", "Keys that show.", static s => s.Engine.CountKeys());
        Gauge("mckv.server.writable", "state", "1 while clients' writes are taken.", static s => s.Engine.Gate.Refusal() is null ? 1 : 0);
        Counter("mckv.server.changes.own", "changes", "Transactions of this node's clients.", static s => s.Engine.OwnChanges);
        Gauge("mckv.server.flow.pause", "ms", "Pause after each round of clients' writes because a peer is behind.", static s => s.Engine.FlowControl.PauseMs);
        Counter("mckv.server.flow.pauses", "pauses", "Pauses made because a peer was behind.", static s => s.Engine.FlowControl.Pauses);
        Counter("mckv.server.flow.paused", "ms", "Time of these pauses.", static s => s.Engine.FlowControl.PausedMs);
        Counter("mckv.server.binlog.committed", "By", "Position behind the last record.", static s => s.Engine.Binlog.Committed);
        Counter("mckv.server.binlog.durable", "By", "Position up to which the binlog is on disk.", static s => s.Engine.Binlog.Durable);
        Gauge("mckv.server.cache.bytes", "By", "Memory of records.", static s => s.Engine.Cache.Statistics().CachedBytes);
        Gauge("mckv.server.cache.dirty", "By", "Memory of changed records that no epoch holds yet.", static s => s.Engine.Cache.Statistics().DirtyBytes);
        CacheCounter("mckv.server.cache.hits", "lookups", "Lookups answered from memory.", static c => c.Hits);
        CacheCounter("mckv.server.cache.misses", "lookups", "Lookups that had to ask the store.", static c => c.Misses);
        CacheCounter("mckv.server.cache.evictions", "records", "Records given up.", static c => c.Evictions);
        CacheCounter("mckv.server.cache.dirty.waits", "waits", "Times a writer waited at the dirty bound.", static c => c.DirtyWaits);
        CacheCounter("mckv.server.epochs", "epochs", "Epochs written.", static c => c.EpochsFlushed);
        _meter.CreateObservableGauge("mckv.server.epoch.flush", () => _services.Engine.Cache.Statistics().LastFlushMs, "ms", "Time the last epoch took to write.");
    }

    public void Dispose() => _meter.Dispose();

    private void Counter(string name, string unit, string description, Func<CommandServices, long> value) =>
        _meter.CreateObservableCounter(name, () => value(_services), unit, description);

    private void Gauge(string name, string unit, string description, Func<CommandServices, long> value) =>
        _meter.CreateObservableGauge(name, () => value(_services), unit, description);

    private void ByCommand(string name, string unit, string description, Func<CommandTotals, long> value) =>
        _meter.CreateObservableCounter(name, () => Measure(value), unit, description);

    private IEnumerable<Measurement<long>> Measure(Func<CommandTotals, long> value)
    {
        CommandTotals[] commands = _services.Clients.Commands();
        return CommandCatalogue.All.Where(row => value(commands[row.Id]) > 0).Select(row => new Measurement<long>(value(commands[row.Id]), new KeyValuePair<string, object?>("command", row.Name)));
    }

    private void CacheCounter(string name, string unit, string description, Func<CacheStatistics, long> value) =>
        _meter.CreateObservableCounter(name, () => value(_services.Engine.Cache.Statistics()), unit, description);
}
