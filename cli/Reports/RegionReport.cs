using System.Text.Json;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Cli.Reports;

/// <summary>One region at one moment, as its server and its replicator tell it.</summary>
internal sealed record RegionReport
{
    public required string Name { get; init; }

    /// <summary>Worst of its processes: "ready", "not writable", "no replicator", "down", "stopped".</summary>
    public required string State { get; init; }

    public string? Reason { get; init; }

    public required string Client { get; init; }

    public required string Admin { get; init; }

    public required string Rpc { get; init; }

    public required string ReplicatorRpc { get; init; }

    public required ProcessReport Server { get; init; }

    public required ProcessReport Replicator { get; init; }

    public double? OpsPerSecond { get; init; }

    public long? Commands { get; init; }

    public long? Keys { get; init; }

    public long? BinlogBytes { get; init; }

    public long? DirtyBytes { get; init; }

    /// <summary>What each round of clients' writes is made to wait now, because a peer is behind.</summary>
    public long? WritePauseMs { get; init; }

    public ulong? ChangesShipped { get; init; }

    public required IReadOnlyList<LinkReport> Links { get; init; }

    public required IReadOnlyList<string> Alarms { get; init; }

    public static async Task<RegionReport> ReadAsync(NodeClient client, CancellationToken stop)
    {
        RegionState region = client.Region;
        Task<(JsonElement? Status, string? Reason)> serverTask = OsProcess.IsAlive(region.Server) ? client.ServerStatusAsync(stop) : Task.FromResult<(JsonElement?, string?)>((null, null));
        Task<(StatusReply? Status, string? Reason)> replicatorTask = OsProcess.IsAlive(region.Replicator) ? client.ReplicatorStatusAsync(stop) : Task.FromResult<(StatusReply?, string?)>((null, null));
        (JsonElement? server, string? serverReason) = await serverTask.ConfigureAwait(false);
        (StatusReply? replicator, string? replicatorReason) = await replicatorTask.ConfigureAwait(false);
        ProcessReport serverProcess = Process(region.Server, server is not null, serverReason);
        ProcessReport replicatorProcess = Process(region.Replicator, replicator is not null, replicatorReason);
        (string state, string? reason) = Judge(serverProcess, replicatorProcess, server, replicator);
        return new RegionReport
        {
            Name = region.Name,
            State = state,
            Reason = reason,
            Client = Address(region.ClientPort),
            Admin = Address(region.AdminPort),
            Rpc = Address(region.RpcPort),
            ReplicatorRpc = Address(region.ReplicatorPort),
            Server = serverProcess,
            Replicator = replicatorProcess,
            OpsPerSecond = Number(server, "commands_per_second"),
            Commands = Number(server, "commands"),
            Keys = Number(server, "keys"),
            BinlogBytes = Number(server, "binlog_bytes"),
            DirtyBytes = Number(server, "dirty_bytes"),
            WritePauseMs = Number(server, "flow_control_pause_ms"),
            ChangesShipped = replicator?.ChangesShipped,
            Links = [.. (replicator?.Origins ?? []).Select(origin => LinkReport.Of(origin, region.Name))],
            Alarms = [.. replicator?.Alarms ?? []],
        };
    }

    public static async Task<IReadOnlyList<RegionReport>> ReadAllAsync(IEnumerable<NodeClient> clients, CancellationToken stop) =>
        await Task.WhenAll(clients.Select(client => ReadAsync(client, stop))).ConfigureAwait(false);

    private static (string State, string? Reason) Judge(ProcessReport server, ProcessReport replicator, JsonElement? status, StatusReply? shipping)
    {
        if (server.State != "up")
            return (server.State, server.Reason);
        if (status is { } told && told.TryGetProperty("writable", out JsonElement writable) && !writable.GetBoolean())
            return ("not writable", Refusals(status) ?? shipping?.WritableReason);
        return replicator.State == "up" ? ("ready", null) : ("no replicator", replicator.Reason);
    }

    private static ProcessReport Process(ProcessState? process, bool answers, string? reason)
    {
        if (process is null)
            return new ProcessReport("stopped", null, null, null);
        if (!OsProcess.IsAlive(process))
            return new ProcessReport("down", null, $"process {process.Pid} ended by itself; mckv up starts it again", null);
        return new ProcessReport(answers ? "up" : "unreachable", process.Pid, reason, OsProcess.ResidentBytes(process));
    }

    private static string Address(int port) => $"127.0.0.1:{port}";

    private static long? Number(JsonElement? status, string name) =>
        status is { } told && told.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    private static string? Refusals(JsonElement? status) =>
        status is { } told && told.TryGetProperty("refusals", out JsonElement list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 ? string.Join("; ", list.EnumerateArray()) : null;
}
