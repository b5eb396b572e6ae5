using System.Runtime.InteropServices;

namespace MultiCloudKv.Load;

/// <summary>struct pollfd of poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public int Descriptor;
    public short Wanted;
    public short Ready;
}
