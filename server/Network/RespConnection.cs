using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using MultiCloudKv.Foundation;
using MultiCloudKv.Server.Commands;
using MultiCloudKv.Server.Network.Epoll;

namespace MultiCloudKv.Server.Network;

/// <summary>
/// One client's loop, asynchronous at the edges and synchronous in the middle: await bytes, execute every complete command
/// among them, send all replies at once. A command runs on the thread that read it. A command that must wait (for records to be loaded,
/// for another region, for a sync) makes only its own connection wait.
/// </summary>
/// <remarks>
/// <para><b>In a round.</b> Where the transport serves in rounds (<see cref="IRoundConnection"/>), whole commands that need not wait never get as
/// far as the loop: <see cref="TryServe"/> executes them with the round's runner while the read waits. When something has to be awaited
/// after all, the connection keeps the runner as it stands, the read is answered with the same bytes, and the loop goes on from where the runner stopped.</para>
/// <para>Threading: one logical thread per connection, and the round's only while that waits for bytes without a runner; <see cref="ClientState.Abort"/> may come from any.</para>
/// </remarks>
internal sealed class RespConnection
{
    private const int LoadAttemptsMax = 64;

    private readonly ConnectionContext _connection;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly IRoundConnection? _round;
    private readonly ClientState _client;
    private readonly CommandServices _services;
    private readonly RunnerPool _runners;
    private RequestRunner? _runner;
    private RunStop? _stopped;

    public RespConnection(ConnectionContext connection, ClientState client, CommandServices services, RunnerPool runners)
    {
        _connection = connection;
        _input = connection.Transport.Input;
        _output = connection.Transport.Output;
        _client = client;
        _services = services;
        _runners = runners;
        client.Abort = () => connection.Abort(new ConnectionAbortedException("closed by the server"));
        _round = connection.Features.Get<IRoundConnection>();
        _round?.Attach(this);
    }

    public async Task RunAsync()
    {
        CancellationToken closing = _connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        await using CancellationTokenRegistration drain = closing.UnsafeRegister(static input => ((PipeReader)input!).CancelPendingRead(), _input);
        try
        {
            while (!_client.CloseAfterReply && !closing.IsCancellationRequested)
            {
                ReadResult read = await _input.ReadAsync();
                RunStop? stopped = _stopped;
                _stopped = null;
                if (stopped is null)
                {
                    if (read.Buffer.IsEmpty && (read.IsCompleted || read.IsCanceled))
                    {
                        _input.AdvanceTo(read.Buffer.End);
                        return;
                    }

                    _client.LastActiveMs = _services.Engine.Clock.WallMs;
                    Rent().Take(read.Buffer);
                }

                RequestRunner runner = _runner!;
                await ServeAsync(runner, stopped ?? runner.Drain());
                bool kept = runner.KeepRest();
                _input.AdvanceTo(read.Buffer.End);
                _client.QueryBytes = runner.QueryBytes;
                await FlushAsync(runner);
                if (!kept || read.IsCompleted)
                    return;
                if (runner.IsIdle)
                {
                    _runner = null;
                    _runners.Return(runner);
                }
            }
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException or OperationCanceledException or IOException)
        {
            // The client is gone, or was sent away; there is nobody to tell.
        }
        catch (Exception e)
        {
            _services.Fail(e);
        }
    }

    /// <summary>Executes what has arrived within the loop's round, if nothing of this connection is under way.</summary>
    /// <param name="runner">The round's.</param>
    /// <param name="wallMs">The time of the round.</param>
    /// <param name="bytes">What has arrived: unchanged until the read that gets it is advanced.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">How long it is.</param>
    public ServedInRound TryServe(RequestRunner runner, long wallMs, byte[] bytes, int start, int length)
    {
        if (_runner is not null)
            return ServedInRound.NotNow;
        _client.LastActiveMs = wallMs;
        runner.Bind(_client);
        runner.Take(bytes, start, length);
        RunStop stop = runner.Drain();
        if (stop == RunStop.NeedBytes && runner.QueryBytes == 0 && TryReply(runner))
            return ServedInRound.Wholly;
        _runner = runner;
        _stopped = stop;
        return ServedInRound.KeepsRunner;
    }

    private bool TryReply(RequestRunner runner)
    {
        if (runner.MustWaitForSync)
            return false;
        if (runner.Reply.Length > 0 && !_round!.TrySetAside(runner.Reply.Written))
            return false;
        runner.Sent();
        return true;
    }

    private RequestRunner Rent()
    {
        if (_runner is null)
        {
            _runner = _runners.Rent();
            _runner.Bind(_client);
        }

        return _runner;
    }

    private async ValueTask ServeAsync(RequestRunner runner, RunStop stop)
    {
        while (true)
        {
            switch (stop)
            {
                case RunStop.NeedBytes:
                case RunStop.Close:
                    return;
                case RunStop.Flush:
                    await FlushAsync(runner);
                    break;
                case RunStop.Load:
                    await LoadAndRepeatAsync(runner);
                    break;
                case RunStop.Wait:
                    await WaitAsync(runner);
                    break;
            }

            stop = runner.Drain();
        }
    }

    /// <summary>Loads what the command found missing and executes it again, until it finds everything.</summary>
    private async ValueTask LoadAndRepeatAsync(RequestRunner runner)
    {
        for (int attempt = 0; attempt < LoadAttemptsMax; attempt++)
        {
            switch (await runner.LoadAndRepeatAsync(_connection.ConnectionClosed))
            {
                case ExecuteOutcome.Load:
                    continue;
                case ExecuteOutcome.Wait:
                    await WaitAsync(runner);
                    return;
                default:
                    return;
            }
        }

        runner.GiveUpLoading();
    }

    /// <summary>Earlier replies of the pipeline go out before a command waits.</summary>
    private async ValueTask WaitAsync(RequestRunner runner)
    {
        await FlushAsync(runner);
        await runner.WaitAsync(_connection.ConnectionClosed);
    }

    /// <summary>Sends the replies, once what they confirm is as durable as the policy says. A writer then waits, if a peer is behind.</summary>
    private async ValueTask FlushAsync(RequestRunner runner)
    {
        long position = runner.TakeUnsynced();
        if (position != 0)
        {
            try
            {
                await _services.Engine.WaitDurableAsync(position);
            }
            catch (EnvironmentException failed)
            {
                runner.RefuseUnsynced(failed);
            }
        }

        if (runner.Reply.Length > 0)
        {
            FlushResult flushed = await _output.WriteAsync(runner.Reply.WrittenMemory);
            if (flushed.IsCompleted)
                _client.CloseAfterReply = true;
        }

        runner.Sent();
        runner.Account();
        if (runner.TakePause() is > 0 and int pauseMs)
            await Task.Delay(pauseMs);
    }
}
