using MultiCloudKv.Foundation;
using MultiCloudKv.Server.Network.Epoll;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Network;

/// <summary>
/// Serves the clients of one loop with one runner, as long as nothing has to be awaited for any of them; a connection that
/// has to wait takes the runner with it, as it stands, and the loop goes on with another.
/// </summary>
/// <remarks>Used by one loop.</remarks>
internal sealed class RoundServer(RunnerPool runners, RecordCache cache, HybridClock clock) : IRoundServer
{
    private readonly RequestPreview _preview = new(cache);
    private RequestRunner? _runner;
    private long _wallMs;

    public bool HasRoom => _preview.HasRoom;

    public void Add(byte[] bytes, int start, int length) => _preview.Add(bytes, start, length);

    public void Finish()
    {
        _preview.Finish();
        _wallMs = clock.WallMs;
    }

    public bool TryServe(object owner, byte[] bytes, int start, int length)
    {
        RequestRunner runner = _runner ??= runners.Rent();
        ServedInRound served = ((RespConnection)owner).TryServe(runner, _wallMs, bytes, start, length);
        if (served == ServedInRound.KeepsRunner)
            _runner = null;
        return served == ServedInRound.Wholly;
    }

    public void EndRound() => _runner?.Account();
}
