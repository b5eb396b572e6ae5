using System.Buffers;
using MultiCloudKv.Foundation;
using MultiCloudKv.Resp;
using MultiCloudKv.Server.Commands;
using MultiCloudKv.Server.Replication;

namespace MultiCloudKv.Server.Network;

/// <summary>
/// All that commands run with besides their client: the bytes they are read from, the parser, the replies, the storage session. A
/// connection has one only while something of its own is under way, a part of a command or a wait; between that it owns none, and all
/// connections of a loop are served with the loop's, whose memory the processor has at hand (<see cref="RoundServer"/>).
/// </summary>
/// <remarks>
/// Arguments are read where the bytes arrived; only a command that came in part is copied to <see cref="RequestBuffer"/>,
/// until the rest is there. Replies are to be sent early when they grow beyond <see cref="FlushBytes"/>, so a client that does not
/// read its replies stops being served instead of filling memory. Used by one thread at a time.
/// </remarks>
internal sealed class RequestRunner
{
    private const int FlushBytes = 256 * 1024;

    private readonly CommandExecutor _executor;
    private readonly CommandServices _services;
    private readonly CommandContext _context;
    private readonly RespWriter _reply = new();
    private readonly RequestParser _parser = new();
    private readonly RequestBuffer _request = new();
    private int _commands;
    private long _bytesIn;
    private long _bytesOut;
    private int _replyStart;

    public RequestRunner(CommandExecutor executor, CommandServices services)
    {
        _executor = executor;
        _services = services;
        _context = new CommandContext(services, _reply, services.Engine.NewSession());
    }

    public RespWriter Reply => _reply;

    /// <summary>Bytes that belong to a command which is not complete.</summary>
    public int QueryBytes => _request.Length;

    /// <summary>Nothing of its client's is left in it.</summary>
    public bool IsIdle => _request.Length == 0 && _reply.Length == 0 && _context.Deferred is null && _context.UnsyncedPosition == 0 && !Client.CloseAfterReply;

    private ClientState Client => _context.Client;

    /// <summary>Runs for this client from now on.</summary>
    public void Bind(ClientState client)
    {
        _context.Client = client;
        _reply.Protocol = client.Protocol;
    }

    /// <summary>Lets go of its client.</summary>
    public void Unbind() => _context.Client = null!;

    /// <summary>Takes what has arrived. The bytes stay the reader's until <see cref="KeepRest"/>.</summary>
    public void Take(in ReadOnlySequence<byte> arrived)
    {
        _bytesIn += arrived.Length;
        _request.Take(arrived, _parser.BytesWanted);
    }

    /// <summary>Takes what has arrived, with nothing left of what came before.</summary>
    public void Take(byte[] arrived, int start, int length)
    {
        _bytesIn += length;
        _request.Take(arrived, start, length);
    }

    /// <summary>Keeps what was not consumed in an array of its own. False when it is more than one request may be.</summary>
    public bool KeepRest() => _request.KeepRest();

    /// <summary>Executes complete commands until something has to be awaited.</summary>
    public RunStop Drain()
    {
        while (!Client.CloseAfterReply)
        {
            ParseStatus status = _parser.Parse(
                _request.Bytes, _request.Start, _request.Length, _services.Settings.RequestLimits, Client.Authenticated || _services.Settings.Password is null, out int consumed);
            if (status == ParseStatus.Incomplete)
                return RunStop.NeedBytes;
            if (status == ParseStatus.Malformed)
            {
                _reply.Error(_parser.Error);
                Client.CloseAfterReply = true;
                return RunStop.Close;
            }

            _request.Consume(consumed);
            if (_parser.Arguments.Count == 0)
                continue;
            _commands++;
            _replyStart = _reply.Mark();
            _context.Args = _parser.Arguments;
            switch (_executor.Execute(_context))
            {
                case ExecuteOutcome.Load:
                    return RunStop.Load;
                case ExecuteOutcome.Wait:
                    return RunStop.Wait;
            }

            if (Client.ReplyMode != ReplyMode.On)
                ApplyReplyMode();
            if (_reply.Length > FlushBytes)
                return RunStop.Flush;
        }

        return RunStop.Close;
    }

    /// <summary>Loads what the last command found missing and executes it again.</summary>
    public async ValueTask<ExecuteOutcome> LoadAndRepeatAsync(CancellationToken closed)
    {
        _services.Statistics.AddReload();
        await _context.Session.LoadMissingAsync(closed);
        ExecuteOutcome outcome = _executor.Execute(_context);
        if (outcome == ExecuteOutcome.Done)
            ApplyReplyMode();
        return outcome;
    }

    /// <summary>Answers the last command, which never found in memory what it wants, with an error.</summary>
    public void GiveUpLoading()
    {
        _reply.Error(RespErrors.NotLoaded);
        ApplyReplyMode();
    }

    /// <summary>Awaits what the last command left. Earlier replies of the pipeline have gone out.</summary>
    public async ValueTask WaitAsync(CancellationToken closed)
    {
        Func<CommandContext, CancellationToken, ValueTask> rest = _context.Deferred!;
        _context.Deferred = null;
        _replyStart = _reply.Mark();
        _services.BeginWait();
        try
        {
            await rest(_context, closed);
        }
        finally
        {
            _services.EndWait();
        }

        ApplyReplyMode();
    }

    /// <summary>The replies confirm changes that must be synced before they go out.</summary>
    public bool MustWaitForSync => _context.UnsyncedPosition != 0 && _services.Engine.RepliesWaitForSync;

    /// <summary>How far the binlog must be synced before the replies may go out, 0 when they may now. Asked for once.</summary>
    public long TakeUnsynced()
    {
        long position = _context.UnsyncedPosition;
        _context.UnsyncedPosition = 0;
        return _services.Engine.RepliesWaitForSync ? position : 0;
    }

    /// <summary>When the sync fails nobody knows whether the writes are kept: no reply may claim it. One error says why, then the connection ends.</summary>
    public void RefuseUnsynced(EnvironmentException failed)
    {
        _reply.Clear();
        _reply.Error($"MISCONF {failed.Message}; whether the last writes are kept is not known");
        Client.CloseAfterReply = true;
    }

    /// <summary>The replies have gone out.</summary>
    public void Sent()
    {
        _context.UnsyncedPosition = 0;
        _bytesOut += _reply.Length;
        _reply.Clear();
    }

    /// <summary>Milliseconds those whose commands it ran are to wait because they have written and a peer is behind (<see cref="FlowControl"/>). Asked for once.</summary>
    public int TakePause()
    {
        bool written = _context.HasWritten;
        _context.HasWritten = false;
        return written ? _services.Engine.FlowControl.Look() : 0;
    }

    /// <summary>Adds what it ran to the node's counters.</summary>
    public void Account()
    {
        if (_commands == 0 && _bytesIn == 0 && _bytesOut == 0)
            return;
        _services.Statistics.AddBatch(_commands, _bytesIn, _bytesOut);
        _commands = 0;
        _bytesIn = 0;
        _bytesOut = 0;
    }

    private void ApplyReplyMode()
    {
        switch (Client.ReplyMode)
        {
            case ReplyMode.Off:
                _reply.Truncate(_replyStart);
                break;
            case ReplyMode.SkipNext:
                _reply.Truncate(_replyStart);
                Client.ReplyMode = ReplyMode.Skip;
                break;
            case ReplyMode.Skip:
                _reply.Truncate(_replyStart);
                Client.ReplyMode = ReplyMode.On;
                break;
        }
    }
}
