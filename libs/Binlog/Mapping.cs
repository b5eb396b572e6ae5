using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>A shared mapping of a file, unmapped when disposed. The file must stay as long as the mapping.</summary>
internal sealed unsafe class Mapping : SafeHandle
{
    private readonly nuint _length;

    private Mapping(nint address, nuint length)
        : base(-1, ownsHandle: true)
    {
        SetHandle(address);
        _length = length;
    }

    public override bool IsInvalid => handle is 0 or -1;

    public byte* Address => (byte*)handle;

    public static Mapping Of(SafeFileHandle file, string path, long length, bool writable)
    {
        nint address = NativeFiles.Map(0, (nuint)length, writable ? NativeFiles.ProtectionReadWrite : NativeFiles.ProtectionRead, NativeFiles.MapShared, file, 0);
        if (address == -1)
            throw new EnvironmentException($"mmap of {path} failed: {Marshal.GetLastPInvokeErrorMessage()}");
        return new Mapping(address, (nuint)length);
    }

    protected override bool ReleaseHandle() => NativeFiles.Unmap(handle, _length) == 0;
}
