using System.Diagnostics.Metrics;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Telemetry;

/// <summary>The replicator's metrics, read from its status when they are asked for. Tags: the origin's or peer's name.</summary>
public sealed class ReplicatorMetrics : IDisposable
{
    public const string MeterName = "mckv.replicator";
    private readonly Meter _meter = new(MeterName);
    private readonly Func<StatusReply?> _status;

    public ReplicatorMetrics(Func<StatusReply?> status)
    {
        _status = status;
        Origins("mckv.replicator.applied.changes", "changes", "Changes of an origin that the node acknowledged.", o => (long)o.ChangesApplied);
        Origins("mckv.replicator.applied.bytes", "By", "Size of the changes of an origin that the node acknowledged.", o => (long)o.BytesApplied);
        Origins("mckv.replicator.duplicates", "messages", "Messages that brought nothing new.", o => (long)o.Duplicates);
        Origins("mckv.replicator.reships", "requests", "Missing messages asked for again.", o => (long)o.Reships);
        _meter.CreateObservableGauge("mckv.replicator.lag.change", () => Each(o => o.ChangeLagMs), "ms", "Age of the newest change when the node acknowledged it.");
        _meter.CreateObservableGauge("mckv.replicator.lag.heartbeat", () => Each(o => o.HeartbeatAgeMs), "ms", "Age of the newest heartbeat applied; -1: none yet.");
        _meter.CreateObservableGauge("mckv.replicator.link.state", () => Each(o => (long)o.State), "state", "1 connecting, 2 streaming, 3 paused, 4 clock-drift, 5 gap-reship, 6 needs-resync, 7 fenced.");
        _meter.CreateObservableCounter("mckv.replicator.shipped.changes", () => (long)(_status()?.ChangesShipped ?? 0), "changes", "Changes given to peers.");
        _meter.CreateObservableCounter("mckv.replicator.shipped.bytes", () => (long)(_status()?.BytesShipped ?? 0), "By", "Size of the changes given to peers.");
        _meter.CreateObservableGauge("mckv.replicator.backlog.bytes", Backlog, "By", "Binlog that a peer has not confirmed.");
        _meter.CreateObservableGauge("mckv.replicator.alarms", () => (long)(_status()?.Alarms.Count ?? 0), "alarms", "Alarms that are on.");
        _meter.CreateObservableGauge("mckv.replicator.writable", () => _status()?.Writable == true ? 1L : 0L, "state", "1 while the node takes writes.");
    }

    public void Dispose() => _meter.Dispose();

    private void Origins(string name, string unit, string description, Func<OriginStatus, long> value) =>
        _meter.CreateObservableCounter(name, () => Each(o => value(o)), unit, description);

    private IEnumerable<Measurement<T>> Each<T>(Func<OriginStatus, T> value)
        where T : struct =>
        (_status()?.Origins ?? []).Select(o => new Measurement<T>(value(o), new KeyValuePair<string, object?>("origin", o.Name)));

    private IEnumerable<Measurement<long>> Backlog()
    {
        StatusReply? status = _status();
        return (status?.Confirmations ?? []).Select(c => new Measurement<long>(
            Math.Max(0, status!.CommittedPosition - c.ConfirmedPosition), new KeyValuePair<string, object?>("peer", c.Name)));
    }
}
