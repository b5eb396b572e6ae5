using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>
/// The durable position, in two copies written in turn, each in a disk sector of its own: a crash while one is written leaves the other.
/// Below it a bad record is corruption, at or above it a torn tail.
/// <code>copy at 0 and 4096: magic u32 | zero u32 | number u64 | durable i64 | crc32c u32</code>
/// A copy is written after the sync it tells of returned and synced itself at most once a second (and on close): after a power loss it may be older than
/// the truth, which makes the log more lenient about its last second, never wrong.
/// </summary>
/// <remarks>Owned by the sync thread; by recovery before that.</remarks>
internal sealed class DurableFile : IDisposable
{
    private const int CopyBytes = 28;
    private const int CopyStride = 4096;
    private const uint Magic = 0x4c42_4444;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private ulong _number;

    private DurableFile(string path, SafeFileHandle file, ulong number)
    {
        _path = path;
        _file = file;
        _number = number;
    }

    /// <summary>Opens the file, or makes it with position 0.</summary>
    public static DurableFile Open(string path, out long durable)
    {
        bool there = File.Exists(path);
        ulong number = 0;
        durable = 0;
        if (there && !TryRead(path, out durable, out number))
            throw new EnvironmentException($"{path}: both copies of the durable position are corrupt; rebuild this node from a snapshot", ExitCodes.DataAtRisk);
        var opened = new DurableFile(path, File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read), number);
        if (!there)
        {
            opened.Write(0);
            opened.Write(0);
            opened.Sync();
        }

        return opened;
    }

    /// <summary>Reads without opening for writing. False when neither copy is whole.</summary>
    public static bool TryRead(string path, out long durable, out ulong number)
    {
        durable = 0;
        number = 0;
        bool any = false;
        byte[] bytes = File.ReadAllBytes(path);
        for (int at = 0; at + CopyBytes <= bytes.Length; at += CopyStride)
        {
            ReadOnlySpan<byte> copy = bytes.AsSpan(at, CopyBytes);
            if (BinaryPrimitives.ReadUInt32LittleEndian(copy) != Magic || BinaryPrimitives.ReadUInt32LittleEndian(copy[24..]) != Crc32C.Compute(copy[..24]))
                continue;
            ulong thisNumber = BinaryPrimitives.ReadUInt64LittleEndian(copy[8..]);
            if (any && thisNumber < number)
                continue;
            number = thisNumber;
            durable = BinaryPrimitives.ReadInt64LittleEndian(copy[16..]);
            any = true;
        }

        return any;
    }

    public void Write(long durable)
    {
        Span<byte> copy = stackalloc byte[CopyBytes];
        copy.Clear();
        _number++;
        BinaryPrimitives.WriteUInt32LittleEndian(copy, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(copy[8..], _number);
        BinaryPrimitives.WriteInt64LittleEndian(copy[16..], durable);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[24..], Crc32C.Compute(copy[..24]));
        RandomAccess.Write(_file, copy, (long)(_number & 1) * CopyStride);
    }

    public void Sync() => Durable.Sync(_file, _path);

    public void Dispose() => _file.Dispose();
}
