namespace MultiCloudKv.Cli.Bench;

/// <summary>The same commands with three times as much data as cache: what is not in memory comes from RocksDB.</summary>
internal static class LargeDataStage
{
    private const long RecordBytes = 192;

    public static Task RunAsync(BenchContext bench)
    {
        long cacheMiB = Math.Max(bench.Options.Keys * RecordBytes / 3 / 1048576, 16);
        return bench.WithSystemAsync(
            async system =>
            {
                await using RedisServer redis = await RedisServer.StartAsync(bench.Scratch("redis"), null, bench.Stop).ConfigureAwait(false);
                int east = system.System.Regions[0].ClientPort;
                await ThroughputStage.SetLinksAsync(system, paused: true, bench.Stop).ConfigureAwait(false);
                await LoadProcess.FillAsync(redis.Port, "set", bench.Options.Keys, bench.Stop).ConfigureAwait(false);
                await LoadProcess.FillAsync(east, "set", bench.Options.Keys, bench.Stop).ConfigureAwait(false);
                foreach (string mix in (string[])["set", "get", "get:80,set:20"])
                {
                    foreach (int pipeline in (int[])[1, 16])
                        await ThroughputStage.CompareAsync(bench, redis.Port, east, mix, pipeline, null, ", data 3x cache").ConfigureAwait(false);
                }
            },
            $"cache-bytes={cacheMiB}MiB",
            $"dirty-bytes={Math.Max(cacheMiB / 4, 4)}MiB");
    }
}
