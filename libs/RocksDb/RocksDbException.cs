using System.Runtime.InteropServices;
using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>An error reported by RocksDB, with its message as it is.</summary>
public sealed class RocksDbException : Exception
{
    public RocksDbException()
    {
    }

    public RocksDbException(string message)
        : base(message) => Kind = KindOf(message);

    public RocksDbException(string message, Exception inner)
        : base(message, inner) => Kind = KindOf(message);

    public RocksDbErrorKind Kind { get; }

    /// <summary>Takes over a native error text: throws it when there is one, and frees it.</summary>
    internal static void ThrowIf(nint error)
    {
        if (error != 0)
            throw Take(error);
    }

    internal static RocksDbException Take(nint error)
    {
        string message = Marshal.PtrToStringUTF8(error) ?? "";
        NativeMethods.rocksdb_free(error);
        return new RocksDbException(message);
    }

    /// <summary>True for the error of a read that was not allowed to leave memory; frees it then, without making a string.</summary>
    internal static unsafe bool TakeIncomplete(nint error)
    {
        if (!MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)error).StartsWith("Result incomplete"u8))
            return false;
        NativeMethods.rocksdb_free(error);
        return true;
    }

    private static RocksDbErrorKind KindOf(string message) => message switch
    {
        _ when message.Contains("No space left on device", StringComparison.OrdinalIgnoreCase) => RocksDbErrorKind.NoSpace,
        _ when message.Contains("Space limit reached", StringComparison.Ordinal) => RocksDbErrorKind.NoSpace,
        _ when message.StartsWith("Corruption", StringComparison.Ordinal) => RocksDbErrorKind.Corruption,
        _ when message.StartsWith("IO error: lock", StringComparison.OrdinalIgnoreCase) || message.Contains("While lock file", StringComparison.Ordinal) => RocksDbErrorKind.Locked,
        _ when message.StartsWith("IO error", StringComparison.Ordinal) => RocksDbErrorKind.IOError,
        _ when message.StartsWith("Result incomplete", StringComparison.Ordinal) => RocksDbErrorKind.Incomplete,
        _ when message.StartsWith("Invalid argument", StringComparison.Ordinal) => RocksDbErrorKind.InvalidArgument,
        _ when message.StartsWith("Resource busy", StringComparison.Ordinal) => RocksDbErrorKind.Busy,
        _ => RocksDbErrorKind.Other,
    };
}
