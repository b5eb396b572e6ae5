using System.Runtime.InteropServices;

namespace MultiCloudKv.Load;

/// <summary>When the calling thread runs: sched_setscheduler(2). False where the system refuses.</summary>
internal static class NativeScheduling
{
    private const int FirstInFirstOut = 1;
    private const int CallingThread = 0;

    /// <summary>The thread goes before all of a lower priority, those without one of this kind included.</summary>
    public static bool BeFirst(int priority) => SetScheduler(CallingThread, FirstInFirstOut, in priority) == 0;

    [DllImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static extern int SetScheduler(int thread, int policy, in int priority);
}
