using Microsoft.Extensions.Logging;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Progress;
using MultiCloudKv.Replicator.Transports;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Configuration;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Apply;

/// <summary>
/// What happens before a node that was started lets clients write (invariants I4, I7): its own changes that others have and it
/// has lost come back, with the stamps they were born with, and of the others' changes all that its own published contexts had
/// seen.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>The node proves that nothing is lost (the machine did not restart, or every write was synced): it may write at once.</item>
/// <item>Otherwise every peer is asked what it has of this region; each first lets what it received be applied and takes nothing more, so
/// that nothing lost can still arrive after the answer.</item>
/// <item>Per partition, the peer that has most hands over what is missing here; the transport's own log is read to its end.</item>
/// <item>The pipelines run until this node has applied what this region's heartbeats had said it had.</item>
/// <item>The node is told that it may write.</item>
/// </list>
/// While a peer does not answer, nothing is proven: it says so and tries again, unless the node was started with force-writable;
/// then what could be had is taken, and the region takes a new incarnation. One run at a time.
/// </remarks>
public sealed partial class TakeBack(PipelineServices services, ILogger<TakeBack> log)
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan ForcePatience = TimeSpan.FromSeconds(5);
    private const string Subject = "writes";
    private readonly PeerFill _fill = new(services);

    /// <summary>What is being waited for; empty once clients may write.</summary>
    public string State { get; private set; } = "not attached to the node";

    /// <summary>Until the node is writable.</summary>
    public async Task RunAsync(AttachReply attached, CancellationToken cancel)
    {
        if (attached.Writable || attached.LossProof)
        {
            await FinishAsync(false, attached.Writable ? "it was writable" : attached.LossProofReason, cancel);
            return;
        }

        LogUnproven(attached.LossProofReason);
        (List<IdentityReply> answers, bool all) = await AskAllAsync(attached.ForceWritable, cancel);
        long changes = await TakeOwnAsync(attached, answers, cancel);
        await AwaitContextsAsync(answers, all ? null : ForcePatience, cancel);
        string reason = all ? $"took back {changes} of its own changes; every peer answered" : $"forced by the operator; took back {changes} of its own changes";
        await FinishAsync(!all, reason, cancel);
    }

    private async Task<(List<IdentityReply> Answers, bool All)> AskAllAsync(bool force, CancellationToken cancel)
    {
        long began = services.Time.GetTimestamp();
        while (true)
        {
            IdentityReply?[] replies = await Task.WhenAll(services.Config.Peers.Select(p => AskAsync(p, cancel)));
            var answers = replies.OfType<IdentityReply>().ToList();
            if (answers.Count == replies.Length)
            {
                services.Alarms.Clear(Subject);
                return (answers, true);
            }

            IEnumerable<string> silent = services.Config.Peers.Where((_, i) => replies[i] is null).Select(p => p.Name);
            State = $"refused until {string.Join(", ", silent)} answer: the end of this node's binlog may be lost, and they may have it; --force-writable writes without them";
            services.Alarms.Raise(Subject, State);
            if (force && services.Time.GetElapsedTime(began) > ForcePatience)
            {
                services.Alarms.Clear(Subject);
                return (answers, false);
            }

            await Task.Delay(RetryDelay, services.Time, cancel);
        }
    }

    private async Task<IdentityReply?> AskAsync(PeerOptions peer, CancellationToken cancel)
    {
        try
        {
            var request = new IdentityRequest { ClusterId = services.Config.ClusterId, Region = services.Config.RegionId, QuiesceOrigin = services.Config.RegionId };
            return await services.Peers.Of(peer.Id)!.UnaryAsync(ReplicatorMethods.Identity, request, AskTimeout, cancel);
        }
        catch (RpcException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>A peer or the node may go away in the middle: what was taken stays, the rest is taken then.</summary>
    private async Task<long> TakeOwnAsync(AttachReply attached, List<IdentityReply> answers, CancellationToken cancel)
    {
        long changes = 0;
        while (true)
        {
            try
            {
                for (int p = 0; p < services.Config.Partitions; p++)
                {
                    PartitionCursor own = Own(attached, p);
                    (byte peer, Cursor? most) = Most(answers, p);
                    if (most is null || (most.Incarnation, most.Sequence).CompareTo((own.Incarnation, own.Sequence)) <= 0)
                        continue;
                    State = $"taking back partition {p} from sequence {own.Sequence} to {most.Sequence} from region {peer}";
                    changes += await _fill.FillAsync(services.Config.RegionId, p, peer, own, takenBack: true, cancel);
                }

                changes += await _fill.FillFromTransportAsync([.. Enumerable.Range(0, services.Config.Partitions).Select(p => Own(attached, p))], cancel);
                services.Alarms.Clear(Subject);
                return changes;
            }
            catch (Exception e) when (e is RpcException or IOException or HttpRequestException && !cancel.IsCancellationRequested)
            {
                if (e is RpcException rpc)
                    NodeSession.ThrowIfFenced(rpc);
                services.Alarms.Raise(Subject, $"{State}: {e.Message}");
                await Task.Delay(RetryDelay, services.Time, cancel);
                attached = await services.Node.AttachAsync(cancel);
            }
        }
    }

    private PartitionCursor Own(AttachReply attached, int partition)
    {
        OwnEnd end = attached.OwnEnds.FirstOrDefault(e => e.Partition == partition) ?? new OwnEnd { Partition = (uint)partition };
        return PartitionCursor.None(services.Config.RegionId, partition) with
        {
            Incarnation = end.Incarnation,
            History = PartitionCursor.ReadHistory(end.HistoryId),
            Sequence = end.Sequence,
            Stamp = end.Stamp,
        };
    }

    private (byte Peer, Cursor? Cursor) Most(List<IdentityReply> answers, int partition)
    {
        (byte Peer, Cursor? Cursor) most = (0, null);
        foreach (IdentityReply answer in answers)
        {
            Cursor? cursor = answer.Cursors.FirstOrDefault(c => c.Origin == services.Config.RegionId && c.Partition == partition);
            if (cursor is not null && (most.Cursor is null || (cursor.Incarnation, cursor.Sequence).CompareTo((most.Cursor.Incarnation, most.Cursor.Sequence)) > 0))
                most = ((byte)answer.Identity.Region, cursor);
        }

        return most;
    }

    /// <summary>Waits until what this region had told the others it had applied is applied again.</summary>
    private async Task AwaitContextsAsync(List<IdentityReply> answers, TimeSpan? patience, CancellationToken cancel)
    {
        var wanted = new Dictionary<(byte Origin, int Partition), ulong>();
        foreach (PartitionCursor cursor in answers.SelectMany(a => a.Cursors).Where(c => c.Origin == services.Config.RegionId).Select(PartitionCursor.From))
        {
            for (int i = 0; i < cursor.Known.Count; i++)
            {
                (byte region, ulong hlc) = cursor.Known.At(i);
                if (region != services.Config.RegionId && hlc > wanted.GetValueOrDefault((region, cursor.Partition)))
                    wanted[(region, cursor.Partition)] = hlc;
            }
        }

        long began = services.Time.GetTimestamp();
        while (true)
        {
            List<byte> behind = [.. wanted.Where(w => services.Board.Of(w.Key.Origin, w.Key.Partition).Frontier < w.Value).Select(w => w.Key.Origin).Distinct()];
            if (behind.Count == 0 || services.Time.GetElapsedTime(began) > patience)
                return;
            State = $"applying again what this region had applied of {string.Join(", ", behind.Select(services.Config.NameOf))}";
            await Task.Delay(TimeSpan.FromMilliseconds(20), services.Time, cancel);
        }
    }

    private async Task FinishAsync(bool forced, string reason, CancellationToken cancel)
    {
        var request = new SetWritableRequest { Epoch = services.Node.Epoch, Forced = forced, Reason = reason };
        await services.Node.Channel.UnaryAsync(NodeMethods.SetWritable, request, CallTimeout, cancel);
        await services.Node.AttachAsync(cancel);
        services.Alarms.Clear(Subject);
        State = "";
        LogWritable(reason);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the node can't prove that its binlog is whole ({Reason}): asking the other regions before it takes writes")]
    private partial void LogUnproven(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "the node takes writes: {Reason}")]
    private partial void LogWritable(string reason);
}
