namespace MultiCloudKv.Rpc;

internal delegate Task RpcHandler(RpcServerCall call, RpcContext context);
