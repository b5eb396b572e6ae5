using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Replicator.Transports;

/// <summary>One channel to each peer's replicator.</summary>
/// <remarks>Immutable; the channels are thread-safe.</remarks>
public sealed class PeerChannels : IDisposable
{
    private readonly Dictionary<byte, RpcChannel> _channels;

    public PeerChannels(IReadOnlyList<PeerOptions> peers, RpcChannelOptions options)
    {
        Peers = peers;
        _channels = peers.ToDictionary(p => p.Id, p => new RpcChannel(p.Replicator, options));
    }

    public IReadOnlyList<PeerOptions> Peers { get; }

    public RpcChannel? Of(byte region) => _channels.GetValueOrDefault(region);

    public void Dispose()
    {
        foreach (RpcChannel channel in _channels.Values)
            channel.Dispose();
    }
}
