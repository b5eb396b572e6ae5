namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>Is shown what the connections of a round received before the first of them executes any of it.</summary>
/// <remarks>Used by one loop.</remarks>
internal interface IRoundPreview
{
    /// <summary>Another connection can be shown before <see cref="Finish"/>.</summary>
    bool HasRoom { get; }

    /// <summary>What a connection received; it may begin or end in the middle of a request.</summary>
    void Add(ReadOnlySpan<byte> received);

    /// <summary>The connections shown are about to execute.</summary>
    void Finish();
}
