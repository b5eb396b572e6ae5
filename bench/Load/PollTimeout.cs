using System.Runtime.InteropServices;

namespace MultiCloudKv.Load;

/// <summary>struct timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PollTimeout(long Seconds, long Nanoseconds);
