namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// The lock of a stripe: one atomic exchange each way when nobody else wants it, a short spin when someone does (holders
/// stay for microseconds), then a real wait. States: 0 free, 1 held, 2 held and perhaps waited for. Who waits sets 2
/// before it sleeps, and who lets go of a 2 wakes one sleeper.
/// </summary>
/// <remarks>Not recursive. Not fair. A structure, so that it lies in the object it guards; never copied.</remarks>
internal struct StripeLock()
{
    private const int Spins = 40;

    private readonly object _sleepers = new();
    private int _wakeups;
    private int _state;

    internal void Enter()
    {
        if (Interlocked.CompareExchange(ref _state, 1, 0) != 0)
            EnterContended();
    }

    internal bool TryEnter() => Interlocked.CompareExchange(ref _state, 1, 0) == 0;

    internal void Exit()
    {
        if (Interlocked.Exchange(ref _state, 0) == 2)
            WakeOne();
    }

    private void EnterContended()
    {
        for (int i = 0; i < Spins; i++)
        {
            Thread.SpinWait(8);
            if (Volatile.Read(ref _state) == 0 && TryEnter())
                return;
        }

        while (Interlocked.Exchange(ref _state, 2) != 0)
            Sleep();
    }

    private void WakeOne()
    {
        lock (_sleepers)
        {
            _wakeups++;
            Monitor.Pulse(_sleepers);
        }
    }

    private void Sleep()
    {
        lock (_sleepers)
        {
            while (_wakeups == 0)
                Monitor.Wait(_sleepers);
            _wakeups--;
        }
    }
}
