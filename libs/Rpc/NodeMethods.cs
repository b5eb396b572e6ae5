using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Rpc;

/// <summary>The methods of proto/node.proto.</summary>
public static class NodeMethods
{
    private const string Service = "mckv.node.v1.Node";

    public static readonly RpcMethod<AttachRequest, AttachReply> Attach = new(Service, nameof(Attach));
    public static readonly RpcMethod<ApplyRequest, ApplyReply> Apply = new(Service, nameof(Apply));
    public static readonly RpcMethod<WatchRequest, WatchReply> Watch = new(Service, nameof(Watch));
    public static readonly RpcMethod<SetWritableRequest, SetWritableReply> SetWritable = new(Service, nameof(SetWritable));
    public static readonly RpcMethod<ReportRequest, ReportReply> Report = new(Service, nameof(Report));
    public static readonly RpcMethod<VerifyRequest, VerifyReply> Verify = new(Service, nameof(Verify));
    public static readonly RpcMethod<AdminRequest, AdminReply> Admin = new(Service, nameof(Admin));
}
