namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>Serves the connections of one loop, round by round, on the loop's thread.</summary>
/// <remarks>Used by one loop. In a round: <see cref="Add"/> and <see cref="Finish"/> for some connections, then <see cref="TryServe"/> for each of these; and so on; then <see cref="EndRound"/>. <see cref="Rest"/> after the rounds of one wait.</remarks>
internal interface IRoundServer
{
    /// <summary>Another connection can be shown before <see cref="Finish"/>.</summary>
    bool HasRoom { get; }

    /// <summary>What a connection received; it may begin or end in the middle of a request. The bytes stay as they are until <see cref="Finish"/>.</summary>
    void Add(byte[] bytes, int start, int length);

    /// <summary>The connections shown are about to be served.</summary>
    void Finish();

    /// <summary>
    /// Offers what a connection received, before it answers the connection's read. True: it was executed, the replies are set
    /// aside (<see cref="IRoundConnection.TrySetAside"/>), nothing is left and the read goes on waiting. False: the read gets all of the bytes.
    /// </summary>
    /// <param name="owner">What <see cref="IRoundConnection.Attach"/> was given.</param>
    /// <param name="bytes">Stays as it is until the read that got the bytes is advanced.</param>
    /// <param name="start">Where what was received begins.</param>
    /// <param name="length">Bytes received.</param>
    bool TryServe(object owner, byte[] bytes, int start, int length);

    /// <summary>Every connection of the round has been served, no reply has been sent.</summary>
    void EndRound();

    /// <summary>All that one wait brought has been served and the replies have been sent; the next wait begins when this returns.</summary>
    void Rest();
}
