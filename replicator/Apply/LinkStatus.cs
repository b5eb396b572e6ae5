using Microsoft.Extensions.Logging;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Apply;

/// <summary>
/// The state of the link from one origin: connecting → streaming, and back; paused by the operator; clock-drift while the
/// origin's stamps are too far ahead; gap-reship while a missing message is awaited; needs-resync when a partition
/// stopped for good; fenced at the end.
/// </summary>
/// <remarks>All transitions go through <see cref="Move"/>. Thread-safe by a lock.</remarks>
public sealed partial class LinkStatus(string origin, ILogger log, TimeProvider time)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();
    private DateTimeOffset _logged;
    private int _unlogged;

    public LinkState State { get; private set; } = LinkState.Connecting;

    public string Reason { get; private set; } = "";

    /// <summary>Enters a state. A fenced link leaves it no more; the same state again only renews the reason.</summary>
    public void Move(LinkState to, string reason = "")
    {
        lock (_lock)
        {
            LinkState from = State;
            if (from == LinkState.Fenced && to != LinkState.Fenced)
                return;
            Invariant.Check(Allowed(from, to));
            bool changed = from != to;
            State = to;
            Reason = reason;
            if (changed)
                Log(from, to, reason);
        }
    }

    private static bool Allowed(LinkState from, LinkState to) => (from, to) switch
    {
        (_, LinkState.Fenced or LinkState.Connecting or LinkState.Paused) => true,
        (LinkState.Connecting, LinkState.Streaming or LinkState.NeedsResync) => true,
        (LinkState.Streaming or LinkState.ClockDrift or LinkState.GapReship or LinkState.NeedsResync,
            LinkState.Streaming or LinkState.ClockDrift or LinkState.GapReship or LinkState.NeedsResync) => true,
        _ => false,
    };

    private void Log(LinkState from, LinkState to, string reason)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (now - _logged < LogInterval)
        {
            _unlogged++;
            return;
        }

        string left = LinkStateNames.Of(from), entered = LinkStateNames.Of(to);
        LogMoved(origin, left, entered, reason, _unlogged);
        _logged = now;
        _unlogged = 0;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "link from {Origin}: {From} to {To}: {Reason} ({Unlogged} changes not logged)")]
    private partial void LogMoved(string origin, string from, string to, string reason, int unlogged);
}
