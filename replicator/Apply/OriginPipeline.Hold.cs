using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Apply;

/// <content>How the pipeline is made to stand still: by the operator, or for a peer that asks what this node has of it.</content>
public sealed partial class OriginPipeline
{
    /// <summary>The operator's switch: while paused nothing is taken from this origin.</summary>
    public bool Paused
    {
        get => _paused;
        set
        {
            lock (_lock)
            {
                _paused = value;
                if (value)
                    _attempt?.Cancel();
            }

            _holdChanged.Release();
        }
    }

    /// <summary>
    /// Lets what is under way be applied, takes nothing more, and returns: until the answer is disposed the node's cursors of this
    /// origin stand still.
    /// </summary>
    public async ValueTask<IDisposable> HoldAsync(CancellationToken cancel)
    {
        Task idle;
        lock (_lock)
        {
            _holds++;
            _attempt?.Cancel();
            idle = _attempt is null ? Task.CompletedTask : _idle.Task;
        }

        var held = new Held(this);
        try
        {
            await idle.WaitAsync(cancel);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private async Task WaitWhileHeldAsync(CancellationToken cancel)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_holds == 0 && !_paused)
                    break;
            }

            if (_paused)
                Status.Move(LinkState.Paused, "paused by the operator");
            await _holdChanged.WaitAsync(cancel);
        }

        Status.Move(LinkState.Connecting, Status.State == LinkState.Connecting ? Status.Reason : "");
    }

    private sealed class Held(OriginPipeline pipeline) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) != 0)
                return;
            lock (pipeline._lock)
                pipeline._holds--;
            pipeline._holdChanged.Release();
        }
    }
}
