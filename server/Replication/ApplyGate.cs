namespace MultiCloudKv.Server.Replication;

/// <summary>
/// Lets any number of apply streams work at once, and an attaching replicator wait for the requests under way to end
/// while none begins.
/// </summary>
/// <remarks>Thread-safe. Closing waits for those inside; entering waits while it is closed.</remarks>
internal sealed class ApplyGate : IDisposable
{
    private const int InsideMax = 256;
    private readonly SemaphoreSlim _places = new(InsideMax, InsideMax);
    private readonly SemaphoreSlim _closing = new(1, 1);

    public async ValueTask<IDisposable> EnterAsync(CancellationToken cancel)
    {
        await _places.WaitAsync(cancel);
        return new Held(this, 1);
    }

    public async ValueTask<IDisposable> CloseAsync(CancellationToken cancel)
    {
        await _closing.WaitAsync(cancel);
        int taken = 0;
        try
        {
            for (; taken < InsideMax; taken++)
                await _places.WaitAsync(cancel);
            return new Held(this, InsideMax);
        }
        catch
        {
            if (taken > 0)
                _places.Release(taken);
            throw;
        }
        finally
        {
            _closing.Release();
        }
    }

    public void Dispose()
    {
        _places.Dispose();
        _closing.Dispose();
    }

    private sealed class Held(ApplyGate gate, int places) : IDisposable
    {
        public void Dispose() => gate._places.Release(places);
    }
}
