using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MultiCloudKv.Binlog;

/// <summary>The system calls that the runtime doesn't offer, or whose failures it hides.</summary>
internal static unsafe partial class NativeFiles
{
    public const int ErrnoInterrupted = 4;
    public const int ErrnoInvalid = 22;
    public const int ErrnoNoSpace = 28;
    public const int ErrnoNotSeekable = 29;
    public const int ErrnoNotImplemented = 38;
    public const int ErrnoQuota = 122;

    public const uint SyncFileRangeWrite = 2;

    public const int MadviseRandom = 1;
    public const int MadviseDontNeed = 4;
    public const int MadvisePopulateWrite = 23;

    public const int ProtectionRead = 1;
    public const int ProtectionReadWrite = 3;
    public const int MapShared = 1;

    private const int StatxOfTheHandle = 0x1000;
    private const int StatxBytes = 256;
    private const int StatxBirthAt = 80;
    private const int StatxChangeAt = 96;
    private const uint StatxChange = 0x80;
    private const uint StatxBirth = 0x800;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Returns 0 or an error number; doesn't set errno.</summary>
    [LibraryImport("libc", EntryPoint = "posix_fallocate64")]
    public static partial int Allocate(SafeFileHandle file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "ftruncate64", SetLastError = true)]
    public static partial int Truncate(SafeFileHandle file, long length);

    [LibraryImport("libc", EntryPoint = "pwrite64", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, byte* bytes, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    public static partial int SyncRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "mmap64", SetLastError = true)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int Statx(SafeFileHandle file, byte* path, int flags, uint mask, byte* about);

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    public static partial int Sleep(long* secondsAndNanoseconds, void* remaining);

    /// <summary>
    /// When a file came into being, in nanoseconds, as only the file system itself can say: a copy that keeps every time that a program can set has another one. Where
    /// a file system does not know it, the time of the last change of the file's own data about itself, which nobody can set either. 0 when neither can be read.
    /// </summary>
    /// <remarks>The runtime's creation time is the time of the last write here, which copies keep.</remarks>
    public static long Birth(SafeFileHandle file)
    {
        byte* about = stackalloc byte[StatxBytes];
        byte nothing = 0;
        if (Statx(file, &nothing, StatxOfTheHandle, StatxBirth | StatxChange, about) != 0)
            return 0;
        byte* time = about + ((*(uint*)about & StatxBirth) != 0 ? StatxBirthAt : StatxChangeAt);
        return (*(long*)time * NanosecondsPerSecond) + *(uint*)(time + sizeof(long));
    }

    public static string Message(int errno) => Marshal.GetPInvokeErrorMessage(errno);
}
