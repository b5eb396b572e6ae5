namespace MultiCloudKv.Foundation;

/// <summary>
/// The layout of a hybrid logical time: 48 bits of Unix milliseconds above 16 bits of counter, so that comparing two
/// of them as integers orders them (Kulkarni et al., "Logical Physical Clocks", 2014).
/// </summary>
public static class HybridTime
{
    /// <summary>Number of low bits that count changes within one millisecond.</summary>
    public const int CounterBits = 16;

    /// <summary>Unix time in milliseconds of a hybrid time.</summary>
    public static long PhysicalMs(ulong hlc) => (long)(hlc >> CounterBits);

    /// <summary>The logical counter of a hybrid time.</summary>
    public static int Counter(ulong hlc) => (int)(hlc & ((1UL << CounterBits) - 1));

    /// <summary>The smallest hybrid time of a millisecond.</summary>
    public static ulong FromMs(long unixMs) => (ulong)unixMs << CounterBits;
}
