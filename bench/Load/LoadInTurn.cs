namespace MultiCloudKv.Load;

/// <summary>
/// Two servers under the same closed load in turn, a slice of time each, until both had the duration. The speed of a machine that is shared with others
/// changes by the second, by a third and more; of two servers measured one after the other one has the slow seconds, in slices much shorter than these both do.
/// The warm-up at the start of each slice is not measured: the processor's caches are full of the other server's data, and the other one may have
/// something left to do (a log's sync) after its last reply.
/// One thread: the caller's.
/// </summary>
internal static class LoadInTurn
{
    /// <returns>A report of each, in order.</returns>
    public static IReadOnlyList<LoadReport> Run(LoadOptions first, LoadOptions second)
    {
        LoadThread[] loads = [new(first, 0), new(second, 0)];
        TimeSpan[] cpu = new TimeSpan[loads.Length];
        foreach (LoadThread load in loads)
            load.Connect();
        NativeSockets.SharpenTimers();
        _ = first.Processors?.BindThread();
        for (TimeSpan measured = TimeSpan.Zero; measured < first.Duration; measured += first.Slice)
        {
            for (int turn = 0; turn < loads.Length; turn++)
            {
                TimeSpan before = Environment.CpuUsage.TotalTime;
                loads[turn].RunSlice();
                cpu[turn] += Environment.CpuUsage.TotalTime - before;
            }
        }

        foreach (LoadThread load in loads)
            load.Close();
        return [.. loads.Select((load, turn) => LoadReport.From([load], cpu[turn].TotalSeconds, stops: null))];
    }
}
