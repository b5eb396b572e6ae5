using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace MultiCloudKv.RocksDb.Native;

/// <summary>
/// The functions of RocksDB's C API (rocksdb/c.h) that the product uses, by their own names. Every method here whose name
/// begins with "rocksdb_" is required of the library that is loaded; <see cref="RocksDbLibrary"/> checks that they are there.
/// </summary>
/// <remarks>Strings are UTF-8, booleans are bytes, sizes are machine words. An error is a malloc'ed text in the last argument.</remarks>
[SuppressMessage("Style", "IDE1006", Justification = "the names are the library's")]
internal static partial class NativeMethods
{
    internal const string Library = "rocksdb";

    static NativeMethods() => NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, RocksDbLibrary.Resolve);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void rocksdb_free(nint memory);
}
