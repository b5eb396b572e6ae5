using System.Diagnostics;
using System.Globalization;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Remote;

namespace MultiCloudKv.Cli.Bench;

/// <summary>
/// Full write load on one server while another applies: how many writes a second arrive over the load and the time the
/// other still needs afterwards, what processor time all of it took, and whether the lag grew.
/// </summary>
/// <param name="AppliedPerSecond">Commands divided by the time until the last of them was readable in the other server.</param>
/// <param name="CpuPerMillion">Processor seconds of the servers' and replicators' processes per million writes.</param>
internal sealed record ReplicationRun(double AppliedPerSecond, double CpuPerMillion, double DrainSeconds, LagResult Lag)
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(3);

    public static async Task<ReplicationRun> MeasureAsync(int from, int to, int pipeline, double seconds, IReadOnlyList<ProcessState?> processes, long keys, CancellationToken stop)
    {
        double cpuBefore = Cpu(processes);
        Task<LagResult> lag = LoadProcess.LagAsync(from, to, seconds, 20, stop);
        string[] arguments = ["--keys", keys.ToString(CultureInfo.InvariantCulture), .. BenchContext.OnLoadingHalf()];
        LoadResult load = await LoadProcess.RunAsync(from, "set", pipeline, seconds, stop, arguments).ConfigureAwait(false);
        double drain = await DrainAsync(from, to, stop).ConfigureAwait(false);
        double cpu = Cpu(processes) - cpuBefore;
        LagResult lagResult = await lag.ConfigureAwait(false);
        double applied = load.Errors > 0 ? 0 : load.Commands / (load.Seconds + drain);
        return new ReplicationRun(applied, cpu / (load.Commands / 1e6), drain, lagResult);
    }

    /// <summary>What two runs of the same kind show together.</summary>
    public static ReplicationRun Mean(ReplicationRun a, ReplicationRun b) =>
        new((a.AppliedPerSecond + b.AppliedPerSecond) / 2, (a.CpuPerMillion + b.CpuPerMillion) / 2, Math.Max(a.DrainSeconds, b.DrainSeconds), b.Lag);

    /// <summary>Seconds until what was written last is readable there.</summary>
    public static async Task<double> DrainAsync(int from, int to, CancellationToken stop)
    {
        string mark = Guid.NewGuid().ToString("N");
        using RespConnection source = new(from, password: null), target = new(to, password: null);
        long begun = Stopwatch.GetTimestamp();
        List<string> keys = [.. Enumerable.Range(0, 64).Select(index => string.Create(CultureInfo.InvariantCulture, $"drain-mark:{from}:{index}"))];
        foreach (string key in keys)
            source.Ask("SET", key, mark);
        foreach (string key in keys)
        {
            while (target.Ask("GET", key).Text != mark)
            {
                if (Stopwatch.GetElapsedTime(begun) > DrainLimit)
                    return double.PositiveInfinity;
                await Task.Delay(1, stop).ConfigureAwait(false);
            }
        }

        return Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static double Cpu(IReadOnlyList<ProcessState?> processes) => processes.Sum(process => OsProcess.CpuSeconds(process) ?? 0);
}
