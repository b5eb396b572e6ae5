using System.Text.Json.Serialization;

namespace MultiCloudKv.Cli.Deployment;

/// <summary>One region of a local system: where its node and replicator listen and which processes they are.</summary>
internal sealed record RegionState
{
    public required string Name { get; init; }

    public required int Id { get; init; }

    public required int ClientPort { get; init; }

    public required int AdminPort { get; init; }

    public required int RpcPort { get; init; }

    public required int ReplicatorPort { get; init; }

    public required int ReplicatorAdminPort { get; init; }

    /// <summary>Null while it was stopped on purpose.</summary>
    public ProcessState? Server { get; set; }

    /// <summary>Null while it was stopped on purpose.</summary>
    public ProcessState? Replicator { get; set; }

    [JsonIgnore]
    public IEnumerable<(string Use, int Port)> ServerPorts => [("client", ClientPort), ("admin", AdminPort), ("rpc", RpcPort)];

    [JsonIgnore]
    public IEnumerable<(string Use, int Port)> ReplicatorPorts => [("replicator", ReplicatorPort), ("replicator admin", ReplicatorAdminPort)];
}
