using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Rpc;

/// <summary>The methods of proto/replicator.proto.</summary>
public static class ReplicatorMethods
{
    private const string Service = "mckv.replicator.v1.Replicator";

    public static readonly RpcMethod<PullRequest, PullReply> Pull = new(Service, nameof(Pull));
    public static readonly RpcMethod<IdentityRequest, IdentityReply> Identity = new(Service, nameof(Identity));
    public static readonly RpcMethod<FetchRequest, FetchReply> Fetch = new(Service, nameof(Fetch));
    public static readonly RpcMethod<ReshipRequest, ReshipReply> Reship = new(Service, nameof(Reship));
    public static readonly RpcMethod<SetLinkRequest, SetLinkReply> SetLink = new(Service, nameof(SetLink));
    public static readonly RpcMethod<StatusRequest, StatusReply> Status = new(Service, nameof(Status));
}
