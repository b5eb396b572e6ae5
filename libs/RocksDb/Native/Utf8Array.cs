using System.Runtime.InteropServices;

namespace MultiCloudKv.RocksDb.Native;

/// <summary>Null-terminated UTF-8 copies of strings, for the length of a call.</summary>
internal sealed class Utf8Array : IDisposable
{
    internal Utf8Array(IReadOnlyList<string> texts)
    {
        Pointers = new nint[texts.Count];
        for (int i = 0; i < Pointers.Length; i++)
            Pointers[i] = Marshal.StringToCoTaskMemUTF8(texts[i]);
    }

    internal nint[] Pointers { get; }

    public void Dispose()
    {
        foreach (nint pointer in Pointers)
            Marshal.FreeCoTaskMem(pointer);
    }
}
