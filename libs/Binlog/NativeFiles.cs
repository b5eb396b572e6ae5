using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MultiCloudKv.Binlog;

/// <summary>The system calls that the runtime doesn't offer, or whose failures it hides.</summary>
internal static unsafe partial class NativeFiles
{
    public const int ErrnoInterrupted = 4;
    public const int ErrnoNoSpace = 28;
    public const int ErrnoQuota = 122;

    public const int MadviseDontNeed = 4;
    public const int MadvisePopulateWrite = 23;

    public const int ProtectionRead = 1;
    public const int ProtectionReadWrite = 3;
    public const int MapShared = 1;

    /// <summary>Returns 0 or an error number; doesn't set errno.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fallocate64")]
    public static partial int Allocate(SafeFileHandle file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "ftruncate64", SetLastError = true)]
    public static partial int Truncate(SafeFileHandle file, long length);

    [LibraryImport("libc", EntryPoint = "pwrite64", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, byte* bytes, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "mmap64", SetLastError = true)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    public static partial int Sleep(long* secondsAndNanoseconds, void* remaining);

    public static string Message(int errno) => Marshal.GetPInvokeErrorMessage(errno);
}
