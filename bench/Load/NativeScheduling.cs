using System.Runtime.InteropServices;

namespace MultiCloudKv.Load;

/// <summary>Where and when the calling thread runs: sched_setaffinity(2) and sched_setscheduler(2). False where the system refuses.</summary>
internal static class NativeScheduling
{
    private const int FirstInFirstOut = 1;
    private const int CallingThread = 0;
    private const int ProcessorsMax = 1024;

    public static bool StayOn(int processor)
    {
        ulong[] mask = new ulong[ProcessorsMax / 64];
        if (processor >= ProcessorsMax)
            return false;
        mask[processor / 64] = 1UL << (processor % 64);
        return SetAffinity(CallingThread, ProcessorsMax / 8, mask) == 0;
    }

    /// <summary>The thread goes before all of a lower priority, those without one of this kind included.</summary>
    public static bool BeFirst(int priority) => SetScheduler(CallingThread, FirstInFirstOut, in priority) == 0;

    [DllImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static extern int SetAffinity(int thread, nuint bytes, ulong[] mask);

    [DllImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static extern int SetScheduler(int thread, int policy, in int priority);
}
