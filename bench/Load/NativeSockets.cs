using System.Runtime.InteropServices;

namespace MultiCloudKv.Load;

/// <summary>
/// The few system calls of the load loop, called directly: the generator must cost less than the server it drives, and
/// one poll over all connections of a thread is the cheapest way to wait for any of them. All arguments are blittable.
/// </summary>
internal static class NativeSockets
{
    public const short ReadReady = 0x001;
    public const short WriteReady = 0x004;
    public const short Broken = 0x008 | 0x010;

    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int TryAgain = 11;
    private const int Interrupted = 4;
    private const int SetTimerSlack = 29;

    /// <summary>Waits until a connection is ready or <paramref name="nanoseconds"/> have passed; returns how many are ready.</summary>
    public static int Poll(PollEntry[] entries, long nanoseconds)
    {
        PollTimeout timeout = new(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
        int ready = PPoll(entries, (nuint)entries.Length, in timeout, 0);
        return ready >= 0 || Marshal.GetLastPInvokeError() == Interrupted ? Math.Max(ready, 0) : throw Failed("ppoll");
    }

    public static void Sleep(long nanoseconds) => Poll([], nanoseconds);

    /// <summary>Bytes received, 0 when there are none yet.</summary>
    public static int Receive(int descriptor, byte[] buffer, int offset)
    {
        nint got = Recv(descriptor, ref buffer[offset], (nuint)(buffer.Length - offset), DontWait);
        if (got > 0)
            return (int)got;
        if (got == 0)
            throw new IOException("the server closed the connection");
        return Marshal.GetLastPInvokeError() is TryAgain or Interrupted ? 0 : throw Failed("recv");
    }

    /// <summary>Bytes the system took, 0 when it takes none now.</summary>
    public static int Send(int descriptor, byte[] buffer, int offset, int count)
    {
        nint sent = SendBytes(descriptor, ref buffer[offset], (nuint)count, DontWait | NoSignal);
        if (sent >= 0)
            return (int)sent;
        return Marshal.GetLastPInvokeError() is TryAgain or Interrupted ? 0 : throw Failed("send");
    }

    /// <summary>Timers of the calling thread fire when due and not up to 50 µs later.</summary>
    public static void SharpenTimers() => _ = ProcessControl(SetTimerSlack, 1, 0, 0, 0);

    private static IOException Failed(string call) => new($"{call} failed: {Marshal.GetLastPInvokeErrorMessage()}");

    [DllImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static extern int PPoll([In, Out] PollEntry[] entries, nuint count, in PollTimeout timeout, nint signals);

    [DllImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static extern nint Recv(int descriptor, ref byte buffer, nuint count, int flags);

    [DllImport("libc", EntryPoint = "send", SetLastError = true)]
    private static extern nint SendBytes(int descriptor, ref byte buffer, nuint count, int flags);

    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static extern int ProcessControl(int option, nuint value, nuint unused1, nuint unused2, nuint unused3);
}
