using System.Diagnostics;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Cli.Verification;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Demo;

/// <summary>
/// The product's promise on real data:
/// 1. conflicts made on purpose while the links are paused;
/// 2. the package database through both regions at once, a transaction per path and package, at least a million changes;
/// 3. west's node killed in the middle of it with changes unanswered and unshipped, then its replicator; both started again;
/// 4. wait until each region has applied all the other made;
/// 5. compare everything: keys, counters, sets, conflicts, and that no change was made or applied twice.
/// </summary>
internal sealed class DemoRunner(SystemRunner runner, long changesMin, CancellationToken stop) : IDisposable
{
    private const int WorkersPerRegion = 2;
    private static readonly TimeSpan ConvergeLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan VerifyLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReplicatorOutlives = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly SystemState _system = runner.System;
    private readonly string? _password = runner.System.ReadPassword();
    private readonly NodeClient _east = new(runner.System.Regions[0], RegionAccess.Of(runner.System, runner.System.Regions[0]));
    private readonly NodeClient _west = new(runner.System.Regions[1], RegionAccess.Of(runner.System, runner.System.Regions[1]));
    private readonly ConflictScript _conflicts = new();
    private readonly List<LagSample> _lag = [];
    private readonly List<string> _wrong = [];

    public async Task<DemoReport> RunAsync()
    {
        DebianDatabase input = DebianDatabase.Read();
        int perLoop = (input.Paths.Count * 2) + input.Packages.Sum(package => package.Fields.Count + 1 + package.Dependencies.Count);
        int loops = (int)Math.Max((changesMin + perLoop - 1) / perLoop, 1);
        Say.Progress($"{input.Packages.Count} packages, {input.Paths.Count} paths, {loops} times: {(long)perLoop * loops:#,0} changes, half through each region");

        int prepared = await CollideAsync().ConfigureAwait(false);
        long begun = Stopwatch.GetTimestamp();
        DemoWorker[] east = Workers(_east, input, loops, 0), west = Workers(_west, input, loops, 1);
        List<Thread> threads = [.. east.Concat(west).Select(worker => new Thread(worker.Run))];
        threads.ForEach(thread => thread.Start());
        using CancellationTokenSource loaded = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task sampling = SampleLagAsync(east, west, begun, loaded.Token);
        KillReport kill = await KillWestAsync(west, (input.Paths.Count + input.Packages.Count) * (long)loops / 4, begun).ConfigureAwait(false);
        await Task.Run(() => threads.ForEach(thread => thread.Join()), CancellationToken.None).ConfigureAwait(false);
        double loadSeconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        foreach (Exception failure in east.Concat(west).Select(worker => worker.Failure).OfType<Exception>())
            throw new EnvironmentException(failure.Message, failure);
        Say.Progress($"loaded in {loadSeconds:0.0} s; waiting for convergence");

        double converged = await ConvergeAsync().ConfigureAwait(false);
        await loaded.CancelAsync().ConfigureAwait(false);
        await sampling.ConfigureAwait(false);
        Say.Progress("comparing");
        VerifyReport verify = await new Verifier([_east, _west]).RunAsync(VerifyLimit, stop).ConfigureAwait(false);
        if (!verify.Equal)
            _wrong.Add($"{verify.DifferencesTotal} keys differ between the regions");
        Dictionary<string, SequenceReport> sequences = await SequencesAsync(east, west, prepared).ConfigureAwait(false);
        (int counters, int sets) = CheckTotals([.. east, .. west]);
        CheckConflicts();
        return new DemoReport
        {
            Packages = input.Packages.Count,
            Paths = input.Paths.Count,
            Loops = loops,
            Transactions = east.Concat(west).Sum(worker => worker.Acknowledged),
            Changes = east.Concat(west).Sum(worker => worker.Changes),
            LoadSeconds = Math.Round(loadSeconds, 1),
            Kill = kill with { Unanswered = west.Sum(worker => worker.UnansweredAtBreak), TookEffect = west.Sum(worker => worker.Resolved.Done) },
            ConvergedSeconds = Math.Round(converged, 2),
            Lag = _lag,
            ConflictPairs = _conflicts.Pairs,
            ConflictsShown = _conflicts.Siblings,
            ConflictExample = _conflicts.Example,
            CountersChecked = counters,
            SetsChecked = sets,
            Sequences = sequences,
            Verify = verify,
            Wrong = _wrong,
        };
    }

    public void Dispose()
    {
        _east.Dispose();
        _west.Dispose();
    }

    private RespConnection Connect(NodeClient client) => new(client.Region.ClientPort, _password);

    /// <summary>Conflicting pairs while neither region hears the other; returns the changes east made to prepare them.</summary>
    private async Task<int> CollideAsync()
    {
        using RespConnection east = Connect(_east), west = Connect(_west);
        int prepared = _conflicts.Prepare(east);
        await UntilAsync(() => _conflicts.IsPrepared(west), "west to have what the conflicts start from").ConfigureAwait(false);
        await SetLinksAsync(paused: true).ConfigureAwait(false);
        _conflicts.Collide(east, west);
        await SetLinksAsync(paused: false).ConfigureAwait(false);
        return prepared;
    }

    private async Task SetLinksAsync(bool paused)
    {
        await _east.SetLinkAsync(_west.Region.Name, paused, stop).ConfigureAwait(false);
        await _west.SetLinkAsync(_east.Region.Name, paused, stop).ConfigureAwait(false);
    }

    private DemoWorker[] Workers(NodeClient client, DebianDatabase input, int loops, int side) =>
    [
        .. Enumerable.Range(0, WorkersPerRegion).Select(worker => new DemoWorker(client.Region.ClientPort, _password, Share(input, loops, (worker * 2) + side))),
    ];

    /// <summary>Every fourth item, so that neighbours in the database go through different regions at the same time.</summary>
    private static IEnumerable<DemoItem> Share(DebianDatabase input, int loops, int turn)
    {
        for (int loop = 0; loop < loops; loop++)
        {
            for (int at = turn; at < input.Packages.Count; at += 2 * WorkersPerRegion)
                yield return DemoItem.ForPackage(loop, input.Packages[at]);
            for (int at = turn; at < input.Paths.Count; at += 2 * WorkersPerRegion)
                yield return DemoItem.ForPath(loop, input.Paths[at].Directory, input.Paths[at].Member);
        }
    }

    private async Task<KillReport> KillWestAsync(DemoWorker[] west, long afterAcknowledged, long begun)
    {
        RegionState region = _west.Region;
        await UntilAsync(() => west.Any(worker => worker.Failure is not null) || west.Sum(worker => worker.Acknowledged) >= afterAcknowledged, "west to take half of its load").ConfigureAwait(false);
        SequenceCheck? before = await SequenceCheck.ReadAsync(_west, _east, _system.ClusterId, stop).ConfigureAwait(false);
        await UntilAsync(() => west.Any(worker => worker.InFlight > 0 || worker.Failure is not null), "a command in flight").ConfigureAwait(false);
        double at = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        OsProcess.Signal(region.Server, OsProcess.Kill);
        Say.Progress($"west's node killed after {at:0.0} s");
        await Task.Delay(ReplicatorOutlives, stop).ConfigureAwait(false);
        OsProcess.Signal(region.Replicator, OsProcess.Kill);
        Say.Progress("west's replicator killed");
        await Task.Delay(Away, stop).ConfigureAwait(false);
        long restarted = Stopwatch.GetTimestamp();
        runner.StartServer(region);
        await runner.WaitAliveAsync(region, stop).ConfigureAwait(false);
        runner.StartReplicator(region);
        await runner.WaitReadyAsync(region, stop).ConfigureAwait(false);
        double ready = Stopwatch.GetElapsedTime(restarted).TotalSeconds;
        Say.Progress($"west ready again {ready:0.0} s after its start");
        return new KillReport(Math.Round(at, 1), 0, 0, before is null ? 0 : Math.Max(before.Made - before.Applied, 0), Math.Round(ready, 2));
    }

    private async Task<double> ConvergeAsync()
    {
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            SequenceCheck? there = await SequenceCheck.ReadAsync(_east, _west, _system.ClusterId, stop).ConfigureAwait(false);
            SequenceCheck? back = await SequenceCheck.ReadAsync(_west, _east, _system.ClusterId, stop).ConfigureAwait(false);
            double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            if (there is not null && back is not null && there.Made == there.Applied && back.Made == back.Applied)
                return seconds;
            if (seconds > ConvergeLimit.TotalSeconds)
            {
                _wrong.Add($"not converged after {seconds:0} s: east made {there?.Made}, west has {there?.Applied} of it; west made {back?.Made}, east has {back?.Applied} of it");
                return seconds;
            }

            await Task.Delay(PollInterval, stop).ConfigureAwait(false);
        }
    }

    private async Task<Dictionary<string, SequenceReport>> SequencesAsync(DemoWorker[] east, DemoWorker[] west, int prepared)
    {
        Dictionary<string, SequenceReport> reports = [];
        await AddAsync(_east, _west, east, prepared).ConfigureAwait(false);
        await AddAsync(_west, _east, west, 0).ConfigureAwait(false);
        return reports;

        async Task AddAsync(NodeClient origin, NodeClient receiver, DemoWorker[] workers, int before)
        {
            string name = origin.Region.Name;
            SequenceCheck read = await SequenceCheck.ReadAsync(origin, receiver, _system.ClusterId, stop).ConfigureAwait(false)
                ?? throw new EnvironmentException($"{name}'s sequences can't be read");
            SequenceReport report = new(read.Made, read.Applied, workers.Sum(worker => worker.Groups) + before + _conflicts.Pairs);
            reports[name] = report;
            if (report.Made != report.AppliedByTheOther || report.Made != report.CountedByClients)
                _wrong.Add($"{name} made {report.Made} changes, the other region applied {report.AppliedByTheOther}, clients count {report.CountedByClients}");
        }
    }

    private (int Counters, int Sets) CheckTotals(DemoWorker[] workers)
    {
        Dictionary<string, long> counters = Sum(workers.Select(worker => worker.Counters)), sets = Sum(workers.Select(worker => worker.Sets));
        foreach (NodeClient client in (NodeClient[])[_east, _west])
        {
            using RespConnection connection = Connect(client);
            _wrong.AddRange(Compare(connection, client.Region.Name, "GET", counters).Concat(Compare(connection, client.Region.Name, "SCARD", sets)).Take(20));
        }

        return (counters.Count, sets.Count);
    }

    private void CheckConflicts()
    {
        foreach (NodeClient client in (NodeClient[])[_east, _west])
        {
            using RespConnection connection = Connect(client);
            _wrong.AddRange(_conflicts.Wrong(client.Region.Name, connection).Take(20));
        }
    }

    private static IEnumerable<string> Compare(RespConnection connection, string region, string command, Dictionary<string, long> expected)
    {
        const int batch = 256;
        foreach (KeyValuePair<string, long>[] chunk in expected.Chunk(batch))
        {
            foreach (KeyValuePair<string, long> entry in chunk)
                connection.Append(command, entry.Key);
            connection.Flush();
            List<string> wrong = [];
            foreach ((string key, long value) in chunk)
            {
                RespValue reply = connection.Read();
                if (reply.IsError || reply.IsNil || reply.Integer != value)
                    wrong.Add($"{region}: {command} {key} is {(reply.IsNil ? "absent" : reply.Text)}, not {value}");
            }

            foreach (string line in wrong)
                yield return line;
        }
    }

    private static Dictionary<string, long> Sum(IEnumerable<Dictionary<string, long>> parts)
    {
        Dictionary<string, long> sum = new(StringComparer.Ordinal);
        foreach ((string key, long value) in parts.SelectMany(part => part))
            sum[key] = sum.GetValueOrDefault(key) + value;
        return sum;
    }

    private async Task SampleLagAsync(DemoWorker[] east, DemoWorker[] west, long begun, CancellationToken until)
    {
        try
        {
            while (true)
            {
                double eastLag = await LagAsync(_east, _west.Region.Name).ConfigureAwait(false), westLag = await LagAsync(_west, _east.Region.Name).ConfigureAwait(false);
                _lag.Add(new LagSample(Math.Round(Stopwatch.GetElapsedTime(begun).TotalSeconds, 1), eastLag, westLag, east.Sum(worker => worker.Acknowledged), west.Sum(worker => worker.Acknowledged)));
                await Task.Delay(SampleInterval, until).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (until.IsCancellationRequested)
        {
            // Convergence is where sampling ends.
        }
    }

    /// <summary>Milliseconds, or -1 while the replicator can't be asked.</summary>
    private async Task<double> LagAsync(NodeClient client, string origin)
    {
        (Rpc.Messages.StatusReply? status, _) = await client.ReplicatorStatusAsync(stop).ConfigureAwait(false);
        return status?.Origins.FirstOrDefault(entry => entry.Name == origin) is { } row ? Math.Round(Reports.LinkReport.Of(row, client.Region.Name).LagMs, 1) : -1;
    }

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(begun) > ConvergeLimit)
                throw new EnvironmentException($"waited {ConvergeLimit.TotalSeconds:0} s for {what}", ExitCodes.Failed);
            await Task.Delay(1, stop).ConfigureAwait(false);
        }
    }
}
