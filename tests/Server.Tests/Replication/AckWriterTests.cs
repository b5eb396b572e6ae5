using System.IO.Pipelines;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;
using MultiCloudKv.Server.Replication;

namespace MultiCloudKv.Server.Tests.Replication;

public sealed class AckWriterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Pipe _pipe = new();
    private readonly RpcReader<ApplyReply> _replies;

    public AckWriterTests() => _replies = new RpcReader<ApplyReply>(_pipe.Reader, RpcLimits.MessageBytesMax);

    [Fact]
    public async Task Add_ARunOfSuccesses_IsOneAcknowledgementWithACount()
    {
        await using AckWriter acks = Open();
        for (ulong ticket = 1; ticket <= 5; ticket++)
            acks.Add(new ApplyAck { Ticket = ticket, Outcome = ticket == 3 ? ApplyOutcome.Duplicate : ApplyOutcome.Applied }, 10);
        await acks.SendAsync();
        ApplyAck ack = Assert.Single((await ReadAsync()).Acks);
        Assert.Equal((5UL, 5U), (ack.Ticket, ack.Count));
        Assert.True(ack.AppliedMs > 0);
    }

    [Fact]
    public async Task Settle_AFailure_GoesAtOnceBehindTheSuccessesBefore()
    {
        await using AckWriter acks = Open();
        acks.Add(new ApplyAck { Ticket = 1, Outcome = ApplyOutcome.Applied }, 10);
        acks.Add(new ApplyAck { Ticket = 2, Outcome = ApplyOutcome.Hole, Sequence = 7, Reason = "a hole" }, 10);
        acks.Add(new ApplyAck { Ticket = 3, Outcome = ApplyOutcome.Applied }, 10);
        await acks.SettleAsync();
        ApplyReply reply = await ReadAsync();
        Assert.Equal([(1UL, 1U), (2UL, 1U), (3UL, 1U)], reply.Acks.Select(a => (a.Ticket, a.Count)));
        Assert.Equal("a hole", reply.Acks[1].Reason);
    }

    [Fact]
    public async Task Settle_ManyBytesApplied_GoesAtOnce()
    {
        await using AckWriter acks = Open();
        acks.Add(new ApplyAck { Ticket = 1, Outcome = ApplyOutcome.Applied }, 1 << 20);
        await acks.SettleAsync();
        Assert.True(_pipe.Reader.TryRead(out ReadResult sent));
        Assert.False(sent.Buffer.IsEmpty);
    }

    [Fact]
    public async Task Add_NoRequestFollows_TheTimerSends()
    {
        await using AckWriter acks = Open();
        for (ulong ticket = 1; ticket <= 3; ticket++)
        {
            acks.Add(new ApplyAck { Ticket = ticket, Outcome = ApplyOutcome.Applied }, 10);
            Assert.Equal(ticket, Assert.Single((await ReadAsync()).Acks).Ticket);
        }
    }

    [Fact]
    public async Task Settle_TheCallerHasLeft_SaysSo()
    {
        await using AckWriter acks = Open();
        _pipe.Reader.Complete();
        acks.Add(new ApplyAck { Ticket = 1, Outcome = ApplyOutcome.Applied }, 10);
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (Environment.TickCount64 < deadline)
            {
                await acks.SettleAsync();
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
        });
    }

    private AckWriter Open() => new(new RpcWriter<ApplyReply>(_pipe.Writer), TimeProvider.System, TestContext.Current.CancellationToken);

    private async Task<ApplyReply> ReadAsync() => (await _replies.ReadAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken))!;
}
