namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>A feature of connections on an <see cref="EpollLoop"/>: to be served within its rounds, without a scheduled step.</summary>
internal interface IRoundConnection
{
    /// <summary>From now on what arrives while a read waits is offered to the loop's <see cref="IRoundServer"/> first. Before the first read.</summary>
    void Attach(object owner);

    /// <summary>On the loop's thread, in a round: keeps a copy of a reply until the round's end. False when it is too long, or an earlier reply still waits for the socket.</summary>
    bool TrySetAside(ReadOnlySpan<byte> reply);
}
