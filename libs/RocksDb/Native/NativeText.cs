using System.Runtime.InteropServices;

namespace MultiCloudKv.RocksDb.Native;

/// <summary>Texts that the library allocates and its caller frees.</summary>
internal static class NativeText
{
    internal static string? Take(nint text)
    {
        if (text == 0)
            return null;
        string? managed = Marshal.PtrToStringUTF8(text);
        NativeMethods.rocksdb_free(text);
        return managed;
    }
}
