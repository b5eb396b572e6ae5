using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Rpc.Tests;

public sealed class RpcCallTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly RpcChannelOptions WithPassword = new() { Password = EchoService.Password };

    [Fact]
    public async Task Unary_Request_IsAnswered()
    {
        await using EchoService service = await EchoService.StartAsync();
        using var channel = new RpcChannel(service.Address, WithPassword);
        var request = new AdminRequest { Verb = "echo", Arguments = { "a", "b" } };
        Assert.Equal("echo a,b", (await channel.UnaryAsync(NodeMethods.Admin, request, Patience)).Json);
        Assert.Equal(9 << 20, (await channel.UnaryAsync(NodeMethods.Admin, new AdminRequest { Verb = "large" }, Patience)).Json.Length);
    }

    [Theory]
    [InlineData("fail: ä, 100 % \n", RpcStatus.FailedPrecondition)]
    [InlineData("invariant", RpcStatus.Internal)]
    public async Task Unary_ServiceThrows_StatusAndMessageArrive(string verb, RpcStatus expected)
    {
        await using EchoService service = await EchoService.StartAsync();
        using var channel = new RpcChannel(service.Address, WithPassword);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(NodeMethods.Admin, new AdminRequest { Verb = verb }, Patience).AsTask());
        Assert.Equal(expected, e.Status);
        Assert.Contains(verb == "invariant" ? "broken" : verb, e.Message, StringComparison.Ordinal);
        Assert.Equal(verb == "invariant", service.Fatal is not null);
    }

    [Fact]
    public async Task Unary_WithoutOrWithWrongPassword_IsUnauthenticated()
    {
        await using EchoService service = await EchoService.StartAsync();
        foreach (string? password in new[] { null, "wrong" })
        {
            using var channel = new RpcChannel(service.Address, new RpcChannelOptions { Password = password });
            RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(NodeMethods.Admin, new AdminRequest(), Patience).AsTask());
            Assert.Equal(RpcStatus.Unauthenticated, e.Status);
        }
    }

    [Fact]
    public async Task Unary_DeadlinePasses_EndsOnBothSides()
    {
        await using EchoService service = await EchoService.StartAsync();
        using var channel = new RpcChannel(service.Address, WithPassword);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(NodeMethods.Admin, new AdminRequest { Verb = "sleep" }, TimeSpan.FromMilliseconds(100)).AsTask());
        Assert.Equal(RpcStatus.DeadlineExceeded, e.Status);
    }

    /// <summary>From a caller without a deadline of its own, so that only the server's counts: timers may fire a tick before the clock says so.</summary>
    [Fact]
    public async Task Unary_DeadlinePassesAtTheServer_IsAlwaysToldFromACancelledCall()
    {
        await using EchoService service = await EchoService.StartAsync();
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        for (int i = 0; i < 200; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{service.Address}/mckv.node.v1.Node/Admin")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent([0, 0, 0, 0, 7, 0x0A, 5, .. "sleep"u8]),
            };
            request.Content.Headers.ContentType = new("application/grpc");
            request.Headers.Add("te", "trailers");
            request.Headers.Add("authorization", "Bearer " + EchoService.Password);
            request.Headers.Add("grpc-timeout", $"{1 + (i % 5)}m");
            using HttpResponseMessage reply = await http.SendAsync(request, TestContext.Current.CancellationToken);
            await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            Assert.Equal([((int)RpcStatus.DeadlineExceeded).ToString(CultureInfo.InvariantCulture)], reply.TrailingHeaders.GetValues("grpc-status"));
        }
    }

    [Fact]
    public async Task Unary_CallerCancels_IsCancelled()
    {
        await using EchoService service = await EchoService.StartAsync();
        using var channel = new RpcChannel(service.Address, WithPassword);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(NodeMethods.Admin, new AdminRequest { Verb = "sleep" }, Patience, cancel.Token).AsTask());
        Assert.Equal(RpcStatus.Cancelled, e.Status);
    }

    [Fact]
    public async Task Unary_UnknownMethodOrNoServer_IsSaidSo()
    {
        await using EchoService service = await EchoService.StartAsync();
        using var channel = new RpcChannel(service.Address, WithPassword);
        RpcException unknown = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(NodeMethods.Attach, new AttachRequest(), Patience).AsTask());
        Assert.Equal(RpcStatus.Unimplemented, unknown.Status);
        using var nobody = new RpcChannel("127.0.0.1:9", WithPassword);
        RpcException away = await Assert.ThrowsAsync<RpcException>(() => nobody.UnaryAsync(NodeMethods.Admin, new AdminRequest(), Patience).AsTask());
        Assert.Equal(RpcStatus.Unavailable, away.Status);
    }

    [Fact]
    public async Task Reader_MessageAboveTheLimit_IsRefused()
    {
        await using EchoService service = await EchoService.StartAsync(messageBytesMax: 1000);
        using var channel = new RpcChannel(service.Address, WithPassword);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync(NodeMethods.Admin, new AdminRequest { Verb = new string('x', 2000) }, Patience).AsTask());
        Assert.Equal(RpcStatus.ResourceExhausted, e.Status);
    }

    [Fact]
    public async Task ServerStreaming_Replies_ComeInOrderToTheEnd()
    {
        await using EchoService service = await EchoService.StartAsync();
        using var channel = new RpcChannel(service.Address, WithPassword);
        await using RpcStream<VerifyReply> stream = await channel.StreamAsync(NodeMethods.Verify, new VerifyRequest { LastSlot = 10_000 }, Patience);
        uint expected = 1;
        while (await stream.Replies.ReadAsync() is { } reply)
            Assert.Equal(expected++, reply.Slot);
        Assert.Equal(10_001U, expected);
    }

    [Fact]
    public async Task ServerStreaming_CallerLeaves_TheServiceIsTold()
    {
        await using EchoService service = await EchoService.StartAsync();
        using var channel = new RpcChannel(service.Address, WithPassword);
        RpcStream<VerifyReply> stream = await channel.StreamAsync(NodeMethods.Verify, new VerifyRequest { LastSlot = uint.MaxValue }, Patience);
        await stream.Replies.ReadAsync();
        await stream.DisposeAsync();
        await service.Cancelled.WaitAsync(Patience);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1 << 20)]
    public async Task Writer_CallerHasJustLeft_TheCallIsCancelled(int messageBytes)
    {
        var replies = new RpcWriter<AdminReply>(new LeftPipe());
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => replies.WriteAsync(new AdminReply { Json = new string('x', messageBytes) }).AsTask());
        Assert.Equal(RpcStatus.Cancelled, e.Status);
    }

    [Fact]
    public async Task Duplex_EachRequest_IsAnsweredBeforeTheNextIsSent()
    {
        await using EchoService service = await EchoService.StartAsync();
        using var channel = new RpcChannel(service.Address, WithPassword);
        await using RpcDuplex<ApplyRequest, ApplyReply> call = await channel.DuplexAsync(NodeMethods.Apply, null);
        for (ulong i = 1; i <= 1000; i++)
        {
            await call.Requests.WriteAsync(new ApplyRequest { Epoch = i });
            Assert.Equal(i, (await call.Replies.ReadAsync())!.Acks[0].Ticket);
        }

        call.Complete();
        Assert.Null(await call.Replies.ReadAsync());
    }

    [Fact]
    public async Task Duplex_ServerStops_TheCallEndsUnavailable()
    {
        await using EchoService service = await EchoService.StartAsync();
        using var channel = new RpcChannel(service.Address, WithPassword);
        await using RpcDuplex<ApplyRequest, ApplyReply> call = await channel.DuplexAsync(NodeMethods.Apply, null);
        Task<ApplyReply?> reading = call.Replies.ReadAsync().AsTask();
        await service.StopAsync();
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => reading.WaitAsync(Patience));
        Assert.Equal(RpcStatus.Unavailable, e.Status);
    }

    [Fact]
    public async Task Tls_CertificateOfTheTrustedIssuer_IsAcceptedAndOthersAreNot()
    {
        using X509Certificate2 certificate = TestCertificate.Make();
        using X509Certificate2 stranger = TestCertificate.Make();
        await using EchoService service = await EchoService.StartAsync(certificate);
        using var channel = new RpcChannel(service.Address, WithPassword with { Tls = new TlsTrust(certificate) });
        Assert.Equal("echo", (await channel.UnaryAsync(NodeMethods.Admin, new AdminRequest { Verb = "echo" }, Patience)).Json);
        using var distrusting = new RpcChannel(service.Address, WithPassword with { Tls = new TlsTrust(stranger) });
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => distrusting.UnaryAsync(NodeMethods.Admin, new AdminRequest(), Patience).AsTask());
        Assert.Equal(RpcStatus.Unavailable, e.Status);
    }

    [Theory]
    [InlineData("5S", 5000)]
    [InlineData("250m", 250)]
    [InlineData("1500000u", 1500)]
    [InlineData("2M", 120_000)]
    public void Timeout_Text_IsRead(string text, int milliseconds)
    {
        Assert.True(RpcTimeout.TryParse(text, out TimeSpan timeout));
        Assert.Equal(milliseconds, timeout.TotalMilliseconds);
        Assert.True(RpcTimeout.TryParse(RpcTimeout.Format(timeout), out TimeSpan again));
        Assert.Equal(timeout, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("123456789S")]
    [InlineData("5x")]
    [InlineData("-5S")]
    public void Timeout_Malformed_IsRefused(string text) => Assert.False(RpcTimeout.TryParse(text, out _));
}
