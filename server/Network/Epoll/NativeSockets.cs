using System.Runtime.InteropServices;

namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>The system calls of an event loop over sockets (Linux: epoll(7), recvfrom(2), sendto(2), eventfd(2)).</summary>
/// <remarks>
/// Receiving and sending go through syscall(2): the C library's recv and send are points at which a thread can be cancelled, and two
/// atomic operations each say so in a process of several threads.
/// </remarks>
internal static unsafe partial class NativeSockets
{
    public const uint Readable = 0x1;
    public const uint Writable = 0x4;
    public const uint Failed = 0x8;
    public const uint HungUp = 0x10;
    public const uint PeerClosed = 0x2000;
    public const uint EdgeTriggered = 1u << 31;

    public const int Again = 11;
    public const int Interrupted = 4;

    private const int ControlAdd = 1;
    private const int ControlRemove = 2;
    private const int CloseOnExec = 0x80000;
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int BothWays = 2;

    private static readonly nint SendTo = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 44,
        Architecture.Arm64 => 206,
        var other => throw new PlatformNotSupportedException($"no system call numbers are known for {other}: run on x86-64 or arm64"),
    };

    private static readonly nint ReceiveFrom = SendTo + 1;

    public static int CreateEpoll() => Checked(EpollCreate(CloseOnExec), "epoll_create1");

    public static int CreateEvent() => Checked(EventFd(0, CloseOnExec), "eventfd");

    public static void Add(int epoll, int descriptor, uint events, ulong data)
    {
        using var change = new EpollEvents(1);
        change.Set(0, events, data);
        Checked(EpollControl(epoll, ControlAdd, descriptor, change.First), "epoll_ctl");
    }

    /// <summary>Nothing more is said of this descriptor; one that is not watched is passed over.</summary>
    public static void Remove(int epoll, int descriptor)
    {
        using var unused = new EpollEvents(1);
        _ = EpollControl(epoll, ControlRemove, descriptor, unused.First);
    }

    /// <summary>Waits for events, or only looks for some; returns how many were written to <paramref name="events"/>.</summary>
    public static int Wait(int epoll, EpollEvents events, bool forever)
    {
        int count = EpollWait(epoll, events.First, events.Capacity, forever ? -1 : 0);
        return count < 0 && Marshal.GetLastPInvokeError() == Interrupted ? 0 : Checked(count, "epoll_wait");
    }

    /// <summary>Bytes received, 0 at the end of the stream, or the negative errno.</summary>
    public static int Receive(int descriptor, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            nint count = SystemCall(ReceiveFrom, descriptor, first, buffer.Length, DontWait, 0, 0);
            return count >= 0 ? (int)count : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Bytes taken by the socket, or the negative errno.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            nint count = SystemCall(SendTo, descriptor, first, bytes.Length, DontWait | NoSignal, 0, 0);
            return count >= 0 ? (int)count : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Ends both directions: whoever waits on the socket is woken.</summary>
    public static void ShutDown(int descriptor) => _ = ShutDown(descriptor, BothWays);

    public static void Signal(int eventDescriptor)
    {
        ulong one = 1;
        _ = Write(eventDescriptor, &one, sizeof(ulong));
    }

    public static void CloseDescriptor(int descriptor) => _ = Close(descriptor);

    private static int Checked(int result, string call) =>
        result >= 0 ? result : throw new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int epoll, int operation, int descriptor, void* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(int epoll, void* events, int count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint descriptor, void* bytes, nint length, nint flags, nint address, nint addressLength);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    private static partial int ShutDown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, void* bytes, nuint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
