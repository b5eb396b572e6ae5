using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Resp;
using MultiCloudKv.Server.Commands;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Server.Network;

/// <summary>
/// One client's loop, asynchronous at the edges and synchronous in the middle: await bytes, execute every complete command
/// among them, send all replies at once. A command runs on the thread that read it.
/// </summary>
/// <remarks>
/// Arguments are read where the bytes arrived; only a command that came in part is copied to <see cref="RequestBuffer"/>,
/// until the rest is there. A command that must wait (for records to be loaded, for another region, for a sync) makes only
/// its own connection wait. Replies are sent early when they grow beyond <see cref="FlushBytes"/>, so a client that does not
/// read its replies stops being served instead of filling memory.
/// Threading: one logical thread per connection; <see cref="ClientState.Abort"/> may come from any.
/// </remarks>
internal sealed class RespConnection
{
    private const int FlushBytes = 256 * 1024;
    private const int LoadAttemptsMax = 64;

    private readonly ConnectionContext _connection;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly ClientState _client;
    private readonly CommandExecutor _executor;
    private readonly CommandServices _services;
    private readonly CommandContext _context;
    private readonly RespWriter _reply = new();
    private readonly RequestParser _parser = new();
    private readonly RequestBuffer _request = new();
    private int _commandsInBatch;
    private int _bytesInBatch;
    private int _replyStart;

    public RespConnection(ConnectionContext connection, ClientState client, CommandExecutor executor, CommandServices services)
    {
        _connection = connection;
        _input = connection.Transport.Input;
        _output = connection.Transport.Output;
        _client = client;
        _executor = executor;
        _services = services;
        _context = new CommandContext(services, client, _reply, services.Engine.NewSession());
        client.Abort = () => connection.Abort(new ConnectionAbortedException("closed by the server"));
    }

    private enum Stop
    {
        NeedBytes,
        Load,
        Wait,
        Flush,
        Close,
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
                if (read.Buffer.IsEmpty && (read.IsCompleted || read.IsCanceled))
                {
                    _input.AdvanceTo(read.Buffer.End);
                    return;
                }

                _bytesInBatch += (int)read.Buffer.Length;
                _client.LastActiveMs = _services.Engine.Clock.WallMs;
                _request.Take(read.Buffer, _parser.BytesWanted);
                await ServeAsync();
                bool kept = _request.KeepRest();
                _input.AdvanceTo(read.Buffer.End);
                _client.QueryBytes = _request.Length;
                await FlushAsync();
                if (!kept || read.IsCompleted)
                    return;
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

    private async ValueTask ServeAsync()
    {
        while (true)
        {
            switch (Drain())
            {
                case Stop.NeedBytes:
                case Stop.Close:
                    return;
                case Stop.Flush:
                    await FlushAsync();
                    break;
                case Stop.Load:
                    await LoadAndRepeatAsync();
                    break;
                case Stop.Wait:
                    await WaitForDeferredAsync();
                    break;
            }
        }
    }

    /// <summary>Executes complete commands until something has to be awaited.</summary>
    private Stop Drain()
    {
        while (!_client.CloseAfterReply)
        {
            ParseStatus status = _parser.Parse(
                _request.Bytes, _request.Start, _request.Length, _services.Settings.RequestLimits, _client.Authenticated || _services.Settings.Password is null, out int consumed);
            if (status == ParseStatus.Incomplete)
                return Stop.NeedBytes;
            if (status == ParseStatus.Malformed)
            {
                _reply.Error(_parser.Error);
                _client.CloseAfterReply = true;
                return Stop.Close;
            }

            _request.Consume(consumed);
            if (_parser.Arguments.Count == 0)
                continue;
            _commandsInBatch++;
            _replyStart = _reply.Mark();
            _context.Args = _parser.Arguments;
            switch (_executor.Execute(_context))
            {
                case ExecuteOutcome.Load:
                    return Stop.Load;
                case ExecuteOutcome.Wait:
                    return Stop.Wait;
            }

            if (_client.ReplyMode != ReplyMode.On)
                ApplyReplyMode();
            if (_reply.Length > FlushBytes)
                return Stop.Flush;
        }

        return Stop.Close;
    }

    /// <summary>Loads what the command found missing and executes it again, until it finds everything.</summary>
    private async ValueTask LoadAndRepeatAsync()
    {
        for (int attempt = 0; attempt < LoadAttemptsMax; attempt++)
        {
            _services.Statistics.AddReload();
            await _context.Session.LoadMissingAsync(_connection.ConnectionClosed);
            switch (_executor.Execute(_context))
            {
                case ExecuteOutcome.Load:
                    continue;
                case ExecuteOutcome.Wait:
                    await WaitForDeferredAsync();
                    return;
                default:
                    ApplyReplyMode();
                    return;
            }
        }

        _reply.Error(RespErrors.NotLoaded);
        ApplyReplyMode();
    }

    /// <summary>Earlier replies of the pipeline go out before a command waits.</summary>
    private async ValueTask WaitForDeferredAsync()
    {
        Func<CommandContext, CancellationToken, ValueTask> rest = _context.Deferred!;
        _context.Deferred = null;
        await FlushAsync();
        _replyStart = _reply.Mark();
        _services.BeginWait();
        try
        {
            await rest(_context, _connection.ConnectionClosed);
        }
        finally
        {
            _services.EndWait();
        }

        ApplyReplyMode();
    }

    private void ApplyReplyMode()
    {
        switch (_client.ReplyMode)
        {
            case ReplyMode.Off:
                _reply.Truncate(_replyStart);
                break;
            case ReplyMode.SkipNext:
                _reply.Truncate(_replyStart);
                _client.ReplyMode = ReplyMode.Skip;
                break;
            case ReplyMode.Skip:
                _reply.Truncate(_replyStart);
                _client.ReplyMode = ReplyMode.On;
                break;
        }
    }

    /// <summary>Sends the replies, once what they confirm is as durable as the policy says.</summary>
    private async ValueTask FlushAsync()
    {
        _services.Statistics.AddBatch(_commandsInBatch, _bytesInBatch, _reply.Length);
        _commandsInBatch = 0;
        _bytesInBatch = 0;
        if (_context.UnsyncedPosition != 0)
        {
            long position = _context.UnsyncedPosition;
            _context.UnsyncedPosition = 0;
            if (_services.Engine.RepliesWaitForSync)
                await WaitDurableAsync(position);
        }

        if (_reply.Length == 0)
            return;
        FlushResult flushed = await _output.WriteAsync(_reply.WrittenMemory);
        _reply.Clear();
        if (flushed.IsCompleted)
            _client.CloseAfterReply = true;
    }

    /// <summary>When the sync fails nobody knows whether the writes are kept: no reply may claim it. One error says why, then the connection ends.</summary>
    private async ValueTask WaitDurableAsync(long position)
    {
        try
        {
            await _services.Engine.WaitDurableAsync(position);
        }
        catch (EnvironmentException failed)
        {
            _reply.Clear();
            _reply.Error($"MISCONF {failed.Message}; whether the last writes are kept is not known");
            _client.CloseAfterReply = true;
        }
    }
}
