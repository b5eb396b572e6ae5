using System.Net;
using System.Security.Cryptography.X509Certificates;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Rpc.Tests;

/// <summary>A server whose methods show one behaviour of the protocol each.</summary>
internal sealed class EchoService : IAsyncDisposable
{
    public const string Password = "a-password";
    private readonly RpcServer _server;
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EchoService(X509Certificate2? certificate, int messageBytesMax)
    {
        RpcServices services = new RpcServices()
            .Unary(NodeMethods.Admin, AdminAsync)
            .ServerStreaming(NodeMethods.Verify, CountAsync)
            .Duplex(NodeMethods.Apply, EchoAsync);
        _server = new RpcServer(
            new RpcServerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Password = Password, Certificate = certificate, MessageBytesMax = messageBytesMax, OnFatal = e => Fatal = e },
            services);
    }

    public string Address => $"localhost:{_server.Bound.Port}";

    public Exception? Fatal { get; private set; }

    /// <summary>Done when a caller went away in the middle of a stream.</summary>
    public Task Cancelled => _cancelled.Task;

    public static async Task<EchoService> StartAsync(X509Certificate2? certificate = null, int messageBytesMax = RpcLimits.MessageBytesMax)
    {
        var service = new EchoService(certificate, messageBytesMax);
        await service._server.StartAsync();
        return service;
    }

    public Task StopAsync() => _server.StopAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async ValueTask<AdminReply> AdminAsync(AdminRequest request, RpcContext context)
    {
        switch (request.Verb)
        {
            case "large":
                return new AdminReply { Json = new string('x', 9 << 20) };
            case "sleep":
                await Task.Delay(Timeout.InfiniteTimeSpan, context.Cancel);
                return new AdminReply();
            case "cancelled":
                await Cancelled.WaitAsync(TimeSpan.FromSeconds(10), context.Cancel);
                return new AdminReply { Json = "seen" };
            case "metadata":
                return new AdminReply { Json = context.Metadata("authorization") ?? "" };
            case "invariant":
                throw new Foundation.InvariantException("broken");
            case var verb when verb.StartsWith("fail", StringComparison.Ordinal):
                throw new RpcException(RpcStatus.FailedPrecondition, verb);
            default:
                return new AdminReply { Json = $"{request.Verb} {string.Join(',', request.Arguments)}".Trim() };
        }
    }

    private async Task CountAsync(VerifyRequest request, RpcWriter<VerifyReply> replies, RpcContext context)
    {
        try
        {
            for (uint slot = 1; slot <= request.LastSlot; slot++)
                await replies.WriteAsync(new VerifyReply { Slot = slot }, context.Cancel);
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException)
        {
            _cancelled.TrySetResult();
            throw;
        }
    }

    private static async Task EchoAsync(RpcReader<ApplyRequest> requests, RpcWriter<ApplyReply> replies, RpcContext context)
    {
        while (await requests.ReadAsync(context.Cancel) is { } request)
        {
            var reply = new ApplyReply();
            reply.Acks.Add(new ApplyAck { Ticket = request.Epoch, Count = 1 });
            await replies.WriteAsync(reply, context.Cancel);
        }
    }
}
