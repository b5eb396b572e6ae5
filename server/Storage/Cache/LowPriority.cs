using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>Lets the calling thread yield to those that answer clients.</summary>
internal static partial class LowPriority
{
    private const int Process = 0;
    private const int Nice = 5;

    /// <summary>Raises the nice value of this thread alone (Linux keeps it per thread). Best effort.</summary>
    internal static void Take() => _ = SetPriority(Process, ThreadId(), Nice);

    /// <summary>Does something whose threads, started by it, are to yield likewise: a thread begins with the priority of the one that starts it.</summary>
    internal static T Start<T>(Func<T> starting)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            Take();
            try
            {
                result = starting();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int ThreadId();
}
