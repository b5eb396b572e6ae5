using System.Runtime.InteropServices;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>Lets the calling thread yield to those that answer clients.</summary>
internal static partial class LowPriority
{
    private const int Process = 0;
    private const int Nice = 5;

    /// <summary>Raises the nice value of this thread alone (Linux keeps it per thread). Best effort.</summary>
    internal static void Take() => _ = SetPriority(Process, ThreadId(), Nice);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int ThreadId();
}
