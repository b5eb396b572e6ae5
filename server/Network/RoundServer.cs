using MultiCloudKv.Server.Network.Epoll;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Server.Network;

/// <summary>
/// Serves the clients of one loop with one runner, as long as nothing has to be awaited for any of them; a connection that
/// has to wait takes the runner with it, as it stands, and the loop goes on with another.
/// </summary>
/// <remarks>Used by one loop.</remarks>
internal sealed class RoundServer(RunnerPool runners, Engine engine) : IRoundServer
{
    private readonly RequestPreview _preview = new(engine.Cache, engine.Vectors);
    private RequestRunner? _runner;
    private long _wallMs;

    public bool HasRoom => _preview.HasRoom;

    public void Add(byte[] bytes, int start, int length) => _preview.Add(bytes, start, length);

    public void Finish()
    {
        _preview.Finish();
        _wallMs = engine.Clock.WallMs;
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

    /// <summary>After rounds that wrote something, while a peer is behind. A connection that kept the runner owes the pause for the round's writers.</summary>
    public void Rest()
    {
        if (_runner?.TakePause() is > 0 and int pauseMs)
            Thread.Sleep(pauseMs);
    }
}
