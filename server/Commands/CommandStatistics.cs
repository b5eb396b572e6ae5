namespace MultiCloudKv.Server.Commands;

/// <summary>Counters that INFO shows and CONFIG RESETSTAT clears.</summary>
/// <remarks>Thread-safe; connections add once per batch of commands.</remarks>
internal sealed class CommandStatistics
{
    private long _commands;
    private long _errors;
    private long _bytesIn;
    private long _bytesOut;
    private long _reloads;
    private readonly CommandRate _rate = new();

    public long Commands => Volatile.Read(ref _commands);

    public long CommandsPerSecond => _rate.PerSecond(Commands);

    public long Errors => Volatile.Read(ref _errors);

    public long BytesIn => Volatile.Read(ref _bytesIn);

    public long BytesOut => Volatile.Read(ref _bytesOut);

    /// <summary>Commands that ran again because what they read had to be loaded.</summary>
    public long Reloads => Volatile.Read(ref _reloads);

    public void AddBatch(int commands, long bytesIn, long bytesOut)
    {
        _rate.Note(Interlocked.Add(ref _commands, commands));
        Interlocked.Add(ref _bytesIn, bytesIn);
        Interlocked.Add(ref _bytesOut, bytesOut);
    }

    public void AddError() => Interlocked.Increment(ref _errors);

    public void AddReload() => Interlocked.Increment(ref _reloads);

    public void Reset()
    {
        Volatile.Write(ref _commands, 0);
        Volatile.Write(ref _errors, 0);
        Volatile.Write(ref _bytesIn, 0);
        Volatile.Write(ref _bytesOut, 0);
        Volatile.Write(ref _reloads, 0);
    }
}
