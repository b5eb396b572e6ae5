using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using MultiCloudKv.Resp.Catalogue;
using MultiCloudKv.Server.Storage;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Commands;

/// <summary>The sections of INFO in their order. A field stands here only if its value is true of this server.</summary>
internal static class InfoSections
{
    public static IReadOnlyList<(string Name, Action<CommandServices, InfoText> Write)> All { get; } =
    [
        ("Server", Server),
        ("Clients", Clients),
        ("Memory", Memory),
        ("Persistence", Persistence),
        ("Stats", Stats),
        ("Replication", Replication),
        ("CPU", Cpu),
        ("Commandstats", Commandstats),
        ("Cluster", static (_, text) => text.Add("cluster_enabled", 0)),
        ("Mckv", Mckv),
        ("Keyspace", Keyspace),
    ];

    public static string Version { get; } = typeof(InfoSections).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private static void Server(CommandServices services, InfoText text)
    {
        long uptime = (long)(DateTime.UtcNow - services.StartedUtc).TotalSeconds;
        text.Add("redis_version", ConnectionCommands.RedisVersion);
        text.Add("mckv_version", Version);
        text.Add("redis_mode", "standalone");
        text.Add("os", RuntimeInformation.OSDescription);
        text.Add("arch_bits", 64);
        text.Add("process_id", Environment.ProcessId);
        text.Add("run_id", services.RunId);
        text.Add("tcp_port", services.Engine.Config.Client.Endpoint.Port);
        text.Add("server_time_usec", (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        text.Add("uptime_in_seconds", uptime);
        text.Add("uptime_in_days", uptime / 86_400);
        text.Add("executable", Environment.ProcessPath ?? "");
    }

    private static void Clients(CommandServices services, InfoText text)
    {
        text.Add("connected_clients", services.Clients.Count);
        text.Add("maxclients", services.Settings.MaxClients);
        text.Add("blocked_clients", services.WaitingClients);
    }

    private static void Memory(CommandServices services, InfoText text)
    {
        CacheStatistics cache = services.Engine.Cache.Statistics();
        text.AddBytes("used_memory", cache.CachedBytes + GC.GetTotalMemory(forceFullCollection: false));
        text.AddBytes("used_memory_rss", Environment.WorkingSet);
        text.AddBytes("used_memory_dataset", cache.CachedBytes);
        text.Add("maxmemory", 0);
    }

    private static void Persistence(CommandServices services, InfoText text)
    {
        text.Add("loading", 0);
        text.Add("rdb_bgsave_in_progress", 0);
        text.Add("aof_enabled", 1);
        text.Add("aof_rewrite_in_progress", 0);
        text.Add("aof_last_write_status", services.Engine.Gate.Refusal()?.StartsWith("MISCONF", StringComparison.Ordinal) == true ? "err" : "ok");
    }

    private static void Stats(CommandServices services, InfoText text)
    {
        CacheStatistics cache = services.Engine.Cache.Statistics();
        text.Add("total_connections_received", services.Clients.Accepted);
        text.Add("total_commands_processed", services.Statistics.Commands);
        text.Add("instantaneous_ops_per_sec", services.Statistics.CommandsPerSecond);
        text.Add("total_net_input_bytes", services.Statistics.BytesIn);
        text.Add("total_net_output_bytes", services.Statistics.BytesOut);
        text.Add("rejected_connections", services.Clients.Refused);
        text.Add("total_error_replies", services.Statistics.Errors);
        text.Add("record_cache_hits", cache.Hits);
        text.Add("record_cache_misses", cache.Misses);
        text.Add("command_reloads", services.Statistics.Reloads);
    }

    /// <summary>As a client of one region sees it: a primary. The other regions stand under Mckv.</summary>
    private static void Replication(CommandServices services, InfoText text)
    {
        text.Add("role", "master");
        text.Add("connected_slaves", 0);
        text.Add("master_replid", services.RunId);
        text.Add("master_repl_offset", services.Engine.Binlog.Committed);
    }

    private static void Cpu(CommandServices services, InfoText text)
    {
        using var self = Process.GetCurrentProcess();
        text.Add("used_cpu_sys", self.PrivilegedProcessorTime.TotalSeconds);
        text.Add("used_cpu_user", self.UserProcessorTime.TotalSeconds);
    }

    /// <summary>Calls are exact, their time is an estimate: see <see cref="CommandCount"/>.</summary>
    private static void Commandstats(CommandServices services, InfoText text)
    {
        CommandTotals[] commands = services.Clients.Commands();
        foreach (CommandRow row in CommandCatalogue.All)
        {
            CommandTotals of = commands[row.Id];
            if (of.Calls + of.Rejected <= 0)
                continue;
            text.Add($"cmdstat_{row.Name}", string.Create(
                CultureInfo.InvariantCulture,
                $"calls={of.Calls},usec={of.Microseconds},usec_per_call={of.MicrosecondsPerCall:F2},rejected_calls={of.Rejected},failed_calls={of.Failed}"));
        }
    }

    private static void Mckv(CommandServices services, InfoText text)
    {
        Engine engine = services.Engine;
        CacheStatistics cache = engine.Cache.Statistics();
        text.Add("region", engine.Config.RegionName);
        text.Add("region_id", engine.Config.RegionId);
        text.Add("node", engine.Config.NodeId);
        text.Add("history", engine.Binlog.History.ToString());
        text.Add("writable", engine.Gate.Refusal() is null ? 1 : 0);
        text.Add("refusal", engine.Gate.Refusal() ?? "");
        text.Add("own_changes", engine.OwnChanges);
        text.Add("binlog_committed", engine.Binlog.Committed);
        text.Add("binlog_durable", engine.Binlog.Durable);
        text.Add("epoch", cache.Epoch);
        text.Add("epochs_flushed", cache.EpochsFlushed);
        text.Add("epoch_flush_ms", cache.LastFlushMs);
        text.Add("cached_bytes", cache.CachedBytes);
        text.Add("dirty_bytes", cache.DirtyBytes);
        text.Add("dirty_waits", cache.DirtyWaits);
        text.Add("evictions", cache.Evictions);
        text.Add("flow_control_pause_ms", engine.FlowControl.PauseMs);
        text.Add("flow_control_pauses", engine.FlowControl.Pauses);
        text.Add("flow_control_paused_ms", engine.FlowControl.PausedMs);
    }

    /// <summary>The numbers of keys are exact. Times to live are not averaged; the field stands there for those who parse the line.</summary>
    private static void Keyspace(CommandServices services, InfoText text)
    {
        long keys = services.Engine.CountKeys(out long expiring);
        if (keys > 0)
            text.Add("db0", string.Create(CultureInfo.InvariantCulture, $"keys={keys},expires={expiring},avg_ttl=0"));
    }
}
