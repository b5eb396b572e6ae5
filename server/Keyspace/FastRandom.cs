namespace MultiCloudKv.Server.Keyspace;

/// <summary>
/// Random numbers from eight bytes of state (SplitMix64). A handler takes a copy of its connection's state and puts it back when it
/// is done: run again because a record was missing, it makes the same choices, and so asks for the same records.
/// </summary>
internal struct FastRandom(ulong state)
{
    public ulong State { get; private set; } = state;

    /// <summary>0 up to, not including, the limit.</summary>
    public long Next(long limit) => (long)Math.BigMul(NextBits(), (ulong)limit, out _);

    private ulong NextBits()
    {
        State += 0x9e3779b97f4a7c15;
        ulong z = State;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
