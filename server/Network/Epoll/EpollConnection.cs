using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>A client's socket as Kestrel's transports present one: two pipes, which here read and write the socket itself.</summary>
/// <remarks>
/// The descriptor stays open until <see cref="DisposeAsync"/>; <see cref="Abort(ConnectionAbortedException)"/> only shuts the socket down, which wakes both
/// directions. <see cref="OnEvents"/> is the loop's; everything else may be called from any thread.
/// </remarks>
internal sealed class EpollConnection : ConnectionContext, IDuplexPipe, IRoundConnection
{
    private readonly Socket _socket;
    private readonly EpollLoop _loop;
    private readonly EpollReader _reader;
    private readonly EpollWriter _writer;
    private readonly CancellationTokenSource _closed = new();
    private bool _gone;
    private bool _told;
    private readonly Lock _lock = new();
    private bool _disposed;

    public EpollConnection(Socket socket, EpollLoop loop, string id)
    {
        _socket = socket;
        _loop = loop;
        Descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        _reader = new EpollReader(Descriptor, loop);
        _writer = new EpollWriter(Descriptor, loop);
        ConnectionId = id;
        ConnectionClosed = _closed.Token;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        Transport = this;
        Features.Set<IRoundConnection>(this);
    }

    public int Descriptor { get; }

    /// <summary>The loop's: where it keeps this connection.</summary>
    public int Place { get; set; }

    /// <summary>The loop's: what events of this connection carry.</summary>
    public ulong EventData { get; set; }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override IDuplexPipe Transport { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    /// <summary>What is received goes on from there.</summary>
    public EpollReader Reader => _reader;

    PipeReader IDuplexPipe.Input => _reader;

    PipeWriter IDuplexPipe.Output => _writer;

    /// <summary>The peer has ended its side, or the connection is broken.</summary>
    public bool IsGone => _gone;

    public void Attach(object owner) => _reader.Owner = owner;

    public bool TrySetAside(ReadOnlySpan<byte> reply) => _writer.TrySetAside(reply);

    /// <summary>First step of a round: what came is received. True when somebody waits for it.</summary>
    public bool OnEvents(uint events)
    {
        bool gone = (events & (NativeSockets.PeerClosed | NativeSockets.HungUp | NativeSockets.Failed)) != 0;
        _gone |= gone;
        if ((events & NativeSockets.Writable) != 0 || gone)
            _writer.OnWritable();
        return ((events & NativeSockets.Readable) != 0 || gone) && _reader.OnReadable(gone);
    }

    /// <summary>Last step: who sent and left is answered before it is known to be gone.</summary>
    public void TellIfGone()
    {
        if (!_gone || _told)
            return;
        _told = true;
        ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        lock (_lock)
        {
            if (!_disposed)
                NativeSockets.ShutDown(Descriptor);
        }
    }

    public override ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_disposed)
                return base.DisposeAsync();
            _disposed = true;
            _writer.Complete();
            _loop.Remove(this);
            _socket.Dispose();
        }

        _reader.Complete();
        _closed.Cancel();
        return base.DisposeAsync();
    }
}
