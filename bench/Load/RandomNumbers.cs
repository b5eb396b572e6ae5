namespace MultiCloudKv.Load;

/// <summary>Xorshift: a few instructions per draw, seeded, so a run can be repeated.</summary>
internal struct RandomNumbers(ulong seed)
{
    private ulong _state = (seed * 0x9E3779B97F4A7C15UL) | 1;

    public long Below(long bound)
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return (long)Math.BigMul(_state, (ulong)bound, out _);
    }
}
