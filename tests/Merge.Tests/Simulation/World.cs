using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Tests.Oracle;

namespace MultiCloudKv.Merge.Tests.Simulation;

/// <summary>
/// Several regions in one process, driven by a seed: commands, transactions, deliveries in any order between origins,
/// late and twice, heartbeats, collection, crashes, restores, and at the end everything delivered and compared.
/// </summary>
/// <remarks>
/// <para>A region's log of a partition holds its changes and heartbeats in stamp order; each other region reads it in
/// order, at its own pace. A unit of time is a millisecond; few pass in a history, so that stamps lie close and expiries
/// pass often.</para>
/// <para>Crash: the state goes back to a checkpoint and the journal is replayed from before it. Restore: the state goes
/// back and the journal is gone; before the region writes again it takes back its own changes, as far as a peer has them,
/// and of the others' changes all that its own contexts and heartbeats had seen. Death: the survivors hand each other the
/// dead region's changes and go on without it.</para>
/// </remarks>
internal sealed class World
{
    /// <summary>Time of the first step.</summary>
    public const long Epoch = 1_700_000_000_000;

    private readonly Prng _random;
    private readonly Replica[] _replicas;
    private readonly List<LogEntry>[][] _logs;
    private readonly List<JournalEntry>[] _journals;
    private readonly Replica?[] _checkpoints;
    private readonly Replica?[] _saved;
    private readonly int[] _skew;
    private readonly Action<string>? _say;
    private readonly CommandSource _commands;
    private long _time = Epoch;

    public World(int regions, ulong seed, Action<string>? say = null)
    {
        _random = new Prng((seed * 31) + (ulong)regions);
        _say = say;
        Place = Place.Make(_random.Pick(1, 1, 1, 2, 3), _random.Pick(1, 2, 3));
        History = new History();
        _replicas = [.. Enumerable.Range(0, regions).Select(i => new Replica(i, regions, Place, History))];
        _logs = [.. _replicas.Select(_ => Place.Partitions.Select(_ => new List<LogEntry>()).ToArray())];
        _journals = [.. _replicas.Select(_ => new List<JournalEntry>())];
        _checkpoints = new Replica?[regions];
        _saved = new Replica?[regions];
        int skewMs = _random.Pick(4, 4, 16);
        _skew = [.. _replicas.Select(_ => _random.Below(skewMs))];
        _commands = new CommandSource(_random, Place);
    }

    public Place Place { get; }

    public History History { get; }

    /// <summary>Runs a whole history. Null when all is right, else what is wrong.</summary>
    public static string? Run(int regions, ulong seed, int steps, Action<string>? say = null)
    {
        try
        {
            var world = new World(regions, seed, say);
            for (int i = 0; i < steps; i++)
                world.Step();
            world.Finish();
            return null;
        }
        catch (SimulationFailure failure)
        {
            return failure.Message;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return failure.ToString();
        }
    }

    private void Step()
    {
        if (_random.Chance(25))
            _time++;
        int at = _random.Below(_replicas.Length);
        Replica replica = _replicas[at];
        replica.Tick(_time + _skew[at]);
        int what = _random.Below(1000);
        if (what < 450)
            Transact(replica);
        else if (what < 850)
            DeliverSome(replica);
        else if (what < 930)
            replica.Collect();
        else if (what < 945)
            _checkpoints[at] = replica.Copy(_journals[at].Count);
        else if (what < 955)
            Crash(at);
        else if (what < 975)
            _saved[at] = replica.Copy(0);
        else if (what < 980)
            Restore(at);
        else
            replica.Check(replica.Now);
    }

    private void Transact(Replica replica)
    {
        int commands = _random.Pick(0, 1, 1, 1, 1, 1, 1, 1, 2, 3);
        if (commands == 0)
        {
            Heartbeat(replica);
            return;
        }

        Command[] drawn = [.. Enumerable.Range(0, commands).Select(_ => _commands.Draw(_time))];
        int percentMissing = _random.Pick(0, 0, 0, 5);
        foreach ((int partition, LogEntry entry) in replica.Commit(drawn, () => percentMissing > 0 && _random.Chance(percentMissing)))
            Append(replica, partition, entry);
    }

    private void Heartbeat(Replica replica)
    {
        for (int partition = 0; partition < Place.Partitions.Length; partition++)
            Append(replica, partition, replica.Heartbeat(partition));
    }

    private void Append(Replica replica, int partition, LogEntry entry)
    {
        _say?.Invoke($"t={_time - Epoch} region {replica.Id} commits {entry}");
        List<LogEntry> log = _logs[replica.Index][partition];
        log.Add(entry);
        replica.Positions[partition][replica.Index] = log.Count;
        if (!entry.IsHeartbeat)
            _journals[replica.Index].Add(new JournalEntry(replica.Index, partition, log.Count - 1));
    }

    private void DeliverSome(Replica replica)
    {
        int origin = _random.Below(_replicas.Length);
        int partition = _random.Below(Place.Partitions.Length);
        if (origin == replica.Index)
            return;
        for (int i = _random.Between(1, 4); i > 0; i--)
            Deliver(replica, origin, partition);
        int applied = replica.Positions[partition][origin];
        if (applied > 0 && _random.Chance(10))
            replica.ApplyAgain(origin, partition, _logs[origin][partition][_random.Below(applied)]);
    }

    /// <summary>Applies the next entry of a log. False when there is none.</summary>
    private bool Deliver(Replica replica, int origin, int partition)
    {
        int next = replica.Positions[partition][origin];
        List<LogEntry> log = _logs[origin][partition];
        if (next >= log.Count)
            return false;
        _say?.Invoke($"t={_time - Epoch} region {replica.Id} applies {log[next]}");
        replica.Apply(origin, partition, log[next]);
        replica.Positions[partition][origin] = next + 1;
        if (!log[next].IsHeartbeat)
            _journals[replica.Index].Add(new JournalEntry(origin, partition, next));
        return true;
    }

    /// <summary>Back to the checkpoint (or to nothing), then the journal from somewhere before it.</summary>
    private void Crash(int at)
    {
        Replica lost = _replicas[at];
        Replica from = _checkpoints[at] is { } checkpoint ? checkpoint.Copy(checkpoint.Journaled) : new Replica(at, _replicas.Length, Place, History);
        List<JournalEntry> journal = _journals[at];
        int start = Math.Max(0, from.Journaled - _random.Below(6));
        _say?.Invoke($"t={_time - Epoch} region {lost.Id} crashes and replays from {start} of {journal.Count}");
        for (int i = start; i < journal.Count; i++)
        {
            (int origin, int partition, int index) = journal[i];
            LogEntry entry = _logs[origin][partition][index];
            if (index < from.Positions[partition][origin])
            {
                from.ApplyAgain(origin, partition, entry);
                continue;
            }

            from.Apply(origin, partition, entry);
            from.Positions[partition][origin] = index + 1;
        }

        for (int partition = 0; partition < Place.Partitions.Length; partition++)
            from.Positions[partition][at] = _logs[at][partition].Count;
        from.Tick(_time + _skew[at]);
        from.Observe(lost.Clock);
        _replicas[at] = from;
    }

    private void Restore(int at)
    {
        if (_saved[at] is not { } old)
            return;
        _saved[at] = null;
        _checkpoints[at] = null;
        _say?.Invoke($"t={_time - Epoch} region {old.Id} is restored to {old}");
        for (int partition = 0; partition < Place.Partitions.Length; partition++)
        {
            int kept = old.Positions[partition][at];
            foreach (Replica peer in _replicas)
                kept = peer.Index == at ? kept : Math.Max(kept, peer.Positions[partition][at]);
            LoseTail(at, partition, kept);
        }

        _replicas[at] = old;
        TakeBack(old);
        old.Tick(_time + _skew[at]);
        _journals[at].Clear();
        _checkpoints[at] = old.Copy(0);
    }

    private void TakeBack(Replica old)
    {
        for (int partition = 0; partition < Place.Partitions.Length; partition++)
        {
            while (Deliver(old, old.Index, partition))
            {
            }

            for (int origin = 0; origin < _replicas.Length; origin++)
            {
                ulong seen = _logs[old.Index][partition].Select(e => e.Change?.Context[origin] ?? e.Frontier![origin]).DefaultIfEmpty().Max();
                while (origin != old.Index && old.Positions[partition][origin] < _logs[origin][partition].Count &&
                    _logs[origin][partition][old.Positions[partition][origin]].Hlc <= seen)
                    Deliver(old, origin, partition);
            }
        }
    }

    private void LoseTail(int region, int partition, int kept)
    {
        List<LogEntry> log = _logs[region][partition];
        if (kept >= log.Count)
            return;
        HashSet<HistoryChange> lost = [.. log.Skip(kept).Where(e => e.Change is not null).Select(e => e.Change!)];
        log.RemoveRange(kept, log.Count - kept);
        History.Lose(lost.Contains);
    }

    private void Finish()
    {
        int dead = _replicas.Length > 2 && _random.Chance(33) ? _random.Below(_replicas.Length) : -1;
        Replica[] live = [.. _replicas.Where(r => r.Index != dead)];
        for (int partition = 0; dead >= 0 && partition < Place.Partitions.Length; partition++)
            LoseTail(dead, partition, live.Max(r => r.Positions[partition][dead]));
        Drain(live);
        long end = live.Max(r => r.Now);
        foreach (long later in (ReadOnlySpan<long>)[0, 5, 20])
        {
            foreach (Replica replica in live)
                replica.Check(end + later);
        }

        CompareDigests(live, end + 20);
        if (dead >= 0)
        {
            foreach (Replica replica in live)
                replica.Remove(dead);
        }

        for (int round = 0; round < 2; round++)
        {
            foreach (Replica replica in live)
            {
                replica.Tick(end + 40);
                Heartbeat(replica);
            }

            Drain(live);
        }

        foreach (Replica replica in live)
        {
            replica.Collect();
            replica.Check(replica.Now);
            replica.CheckResidue();
        }

        CompareDigests(live, end + 40);
    }

    private static void CompareDigests(Replica[] live, long now)
    {
        foreach (Replica replica in live)
        {
            if (replica.Digest(now) != live[0].Digest(now))
                throw new SimulationFailure($"regions {live[0].Id} and {replica.Id} show the same with different digests");
        }
    }

    private void Drain(Replica[] live)
    {
        while (true)
        {
            List<(Replica Replica, int Origin, int Partition)> more = [];
            foreach (Replica replica in live)
            {
                for (int origin = 0; origin < _replicas.Length; origin++)
                {
                    for (int partition = 0; partition < Place.Partitions.Length; partition++)
                    {
                        if (origin != replica.Index && replica.Positions[partition][origin] < _logs[origin][partition].Count)
                            more.Add((replica, origin, partition));
                    }
                }
            }

            if (more.Count == 0)
                return;
            (Replica to, int from, int where) = more[_random.Below(more.Count)];
            Deliver(to, from, where);
            if (_random.Chance(10))
                to.Collect();
        }
    }
}
