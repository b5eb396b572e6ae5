using System.Runtime.InteropServices;

namespace MultiCloudKv.RocksDb.Native;

/// <summary>One native object: whoever makes it disposes it, and it can't be freed while a call or a dependent object uses it.</summary>
internal abstract class NativeHandle : SafeHandle
{
    protected NativeHandle(nint value)
        : base(0, ownsHandle: true) => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    /// <summary>Holds another object for as long as this one lives; given back by <see cref="Release"/>.</summary>
    protected static void Hold(SafeHandle parent)
    {
        bool held = false;
        parent.DangerousAddRef(ref held);
    }

    protected static void Release(SafeHandle parent) => parent.DangerousRelease();
}
