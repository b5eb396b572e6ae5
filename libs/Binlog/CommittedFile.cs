using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>
/// The mapped file that tells other processes how far the log may be read. It says nothing about the disk.
/// <code>
///   offset 0   magic           8   "MCKVCMT1"
///          8   state           u64 0 = being opened, 1 = open, 2 = closed
///         16   nonce           16  of this opening of the directory
///         32   history id      16
///         48   boot id         16  of the machine's run in which it was written
///         64   committed       i64 end of the last whole record
///         72   originated      i64 end of the last one that holds changes of this region; these two share a cache line with nothing else
///        128   durable         i64 synced up to here
///        136   first retained  i64
/// </code>
/// The witness is a file of the same layout in memory that ends with the machine.
/// </summary>
/// <remarks>One process writes, any number reads: each field is one aligned word.</remarks>
internal sealed unsafe class CommittedFile : IDisposable
{
    public const int FileBytes = 4096;
    public const ulong StateOpen = 1;
    public const ulong StateClosed = 2;

    private readonly SafeFileHandle _file;
    private readonly Mapping _mapping;
    private readonly byte* _at;

    private CommittedFile(SafeFileHandle file, Mapping mapping)
    {
        _file = file;
        _mapping = mapping;
        _at = mapping.Address;
    }

    public ref long Committed => ref *(long*)(_at + 64);

    public ref long Originated => ref *(long*)(_at + 72);

    public ref long Durable => ref *(long*)(_at + 128);

    public ref long FirstRetained => ref *(long*)(_at + 136);

    public ref ulong State => ref *(ulong*)(_at + 8);

    public HistoryId Nonce => HistoryId.Read(new ReadOnlySpan<byte>(_at + 16, HistoryId.Length));

    public HistoryId History => HistoryId.Read(new ReadOnlySpan<byte>(_at + 32, HistoryId.Length));

    public HistoryId BootId => HistoryId.Read(new ReadOnlySpan<byte>(_at + 48, HistoryId.Length));

    private static ReadOnlySpan<byte> Magic => "MCKVCMT1"u8;

    /// <summary>Opens for writing; the same file is taken over, so that readers which have it mapped go on.</summary>
    public static CommittedFile Create(string path, HistoryId nonce, HistoryId history, long committed, long durable, long firstRetained)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (RandomAccess.GetLength(file) < FileBytes)
            RandomAccess.Write(file, new byte[FileBytes], 0);
        var created = new CommittedFile(file, Mapping.Of(file, path, FileBytes, writable: true));
        Volatile.Write(ref created.State, 0);
        Magic.CopyTo(new Span<byte>(created._at, 8));
        nonce.Write(new Span<byte>(created._at + 16, HistoryId.Length));
        history.Write(new Span<byte>(created._at + 32, HistoryId.Length));
        CurrentBootId().Write(new Span<byte>(created._at + 48, HistoryId.Length));
        Volatile.Write(ref created.Durable, durable);
        Volatile.Write(ref created.FirstRetained, firstRetained);
        Volatile.Write(ref created.Committed, committed);
        Volatile.Write(ref created.Originated, committed);
        Volatile.Write(ref created.State, StateOpen);
        return created;
    }

    /// <summary>Opens for reading. Null when it isn't there or is no such file.</summary>
    public static CommittedFile? TryOpen(string path)
    {
        if (!File.Exists(path))
            return null;
        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> magic = stackalloc byte[8];
        if (RandomAccess.GetLength(file) < FileBytes || RandomAccess.Read(file, magic, 0) != 8 || !magic.SequenceEqual(Magic))
        {
            file.Dispose();
            return null;
        }

        return new CommittedFile(file, Mapping.Of(file, path, FileBytes, writable: false));
    }

    public static HistoryId CurrentBootId()
    {
        const string Path = "/proc/sys/kernel/random/boot_id";
        return Guid.TryParse(File.ReadAllText(Path).Trim(), out Guid id) ? HistoryId.Read(id.ToByteArray()) : default;
    }

    public void Dispose()
    {
        _mapping.Dispose();
        _file.Dispose();
    }
}
