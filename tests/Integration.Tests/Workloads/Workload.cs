using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Foundation;
using MultiCloudKv.Integration.Tests.Harness;

namespace MultiCloudKv.Integration.Tests.Workloads;

/// <summary>Several ledger writers against one region, until told to end or until its node is gone.</summary>
internal sealed class Workload
{
    private volatile bool _stop;

    public Workload(string name, RegionState region, int writers = 4, bool reconnects = false)
    {
        Writers = [.. Enumerable.Range(0, writers).Select(i => new LedgerWriter($"{name}:{i}", region.ClientPort, () => !_stop, reconnects))];
    }

    public IReadOnlyList<LedgerWriter> Writers { get; }

    public long Acknowledged => Writers.Sum(writer => writer.Acknowledged);

    /// <summary>Error replies of all writers.</summary>
    public IEnumerable<string> Errors => Writers.SelectMany(writer => writer.Errors.Keys).Distinct();

    public Task ReachesAsync(long acknowledged) =>
        Until.Reaches(() => Task.FromResult<(long, long)?>((Acknowledged, acknowledged)), (now, wanted) => now >= wanted, "commands to be acknowledged", () => string.Join("; ", Errors));

    /// <summary>Lets every writer finish the turn it is in.</summary>
    public void Stop()
    {
        _stop = true;
        foreach (LedgerWriter writer in Writers)
            writer.Join();
    }
}
