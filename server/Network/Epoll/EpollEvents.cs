using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MultiCloudKv.Server.Network.Epoll;

/// <summary>An array of struct epoll_event: events u32, then 8 bytes of data, which x86-64 packs and others align.</summary>
internal sealed unsafe class EpollEvents : IDisposable
{
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Stride = DataOffset + sizeof(ulong);
    private readonly byte* _first;

    public EpollEvents(int capacity)
    {
        Capacity = capacity;
        _first = (byte*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)Stride);
    }

    public int Capacity { get; }

    public void* First => _first;

    public uint EventsAt(int index) => Unsafe.ReadUnaligned<uint>(_first + (index * Stride));

    public ulong DataAt(int index) => Unsafe.ReadUnaligned<ulong>(_first + (index * Stride) + DataOffset);

    public void Set(int index, uint events, ulong data)
    {
        Unsafe.WriteUnaligned(_first + (index * Stride), events);
        Unsafe.WriteUnaligned(_first + (index * Stride) + DataOffset, data);
    }

    public void Dispose() => NativeMemory.Free(_first);
}
