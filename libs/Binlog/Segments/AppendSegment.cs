using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>
/// A segment as the writer holds it: space allocated, nameless until it is begun. Two kinds, one per <see cref="AppendMode"/>.
/// </summary>
/// <remarks>Writes and <see cref="Begin"/>: under the writer's lock. <see cref="Populate"/> and <see cref="Seal"/>: the helper thread. <see cref="StartWriting"/>, <see cref="LetGo"/> and <see cref="Sync"/>: the sync thread.</remarks>
internal abstract class AppendSegment : IDisposable
{
    protected const long PageBytes = 4096;

    /// <summary>In one system call: a kernel that does not preempt itself gives nobody else the processor meanwhile.</summary>
    private const long AllocateAtOnceBytes = 8 << 20;

    private string _path;
    private int _users = 2;
    private long _writing;

    protected AppendSegment(SafeFileHandle file, string path, long capacity)
    {
        File = file;
        _path = path;
        Capacity = capacity;
    }

    /// <summary>Bytes allocated.</summary>
    public long Capacity { get; }

    public string Path => _path;

    public SegmentHeader Header { get; private set; } = null!;

    public long First => Header.FirstPosition;

    /// <summary>What the checksums of its records begin with.</summary>
    public uint Seed { get; private set; }

    /// <summary>Where the next record goes, counted from the start of the file.</summary>
    public long Offset { get; set; }

    /// <summary>Time of its first record; 0 before there is one.</summary>
    public ulong FirstHlc { get; set; }

    public ulong LastHlc { get; set; }

    public long Remaining => Capacity - Offset;

    protected SafeFileHandle File { get; }

    /// <summary>Creates a file and allocates all its space, so that no later write can fail for want of it.</summary>
    /// <returns>Null with a reason when there is no room.</returns>
    public static AppendSegment? Prepare(string path, long capacity, AppendMode mode, out string problem)
    {
        SafeFileHandle? file = null;
        try
        {
            file = System.IO.File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
            int error = Allocate(file, capacity);
            if (error == 0)
            {
                problem = "";
                return mode == AppendMode.Mmap ? new MappedSegment(file, path, capacity) : new PwriteSegment(file, path, capacity);
            }

            problem = NativeFiles.Message(error);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or EnvironmentException)
        {
            // The system's words alone: with the name, which is another each time, every try would be news to whoever shows it.
            problem = e is IOException { HResult: > 0 } io ? NativeFiles.Message(io.HResult) : e.Message;
        }

        file?.Dispose();
        TryDelete(path);
        return null;
    }

    /// <summary>Writes the header and gives the file its name in the log. The name is durable after the directory is synced.</summary>
    public void Begin(SegmentHeader header, string path)
    {
        Header = header;
        Seed = header.Seed;
        Span<byte> bytes = stackalloc byte[SegmentHeader.Length];
        header.Write(bytes);
        Write(0, bytes, default, default, default);
        Offset = SegmentHeader.Length;
        System.IO.File.Move(_path, path, overwrite: true);
        _path = path;
    }

    /// <summary>Writes the parts of a record one after the other at an offset; throws <see cref="IOException"/> when the system refuses.</summary>
    public abstract void Write(long offset, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, ReadOnlySpan<byte> extensions, ReadOnlySpan<byte> padding);

    /// <summary>Makes the pages present that will be written next, and lets go of those behind.</summary>
    /// <param name="again">Also those that were made present before: a sync write-protects what it has written.</param>
    public virtual void Populate(long ahead, bool again)
    {
    }

    /// <summary>
    /// Has the system begin to write to the disk what lies behind the writer, so that a sync finds little left to do. Durable it is only by <see cref="Sync"/>.
    /// Returns 0 or an error number; after an error, as after one of a sync, what was written may be lost.
    /// </summary>
    /// <param name="offset">Where the writer is.</param>
    public int StartWriting(long offset)
    {
        long end = Settled(offset);
        if (end <= _writing)
            return 0;
        int error = NativeFiles.SyncRange(File, _writing, end - _writing, NativeFiles.SyncFileRangeWrite) == 0 ? 0 : Marshal.GetLastPInvokeError();
        _writing = end;
        return error is NativeFiles.ErrnoInterrupted or NativeFiles.ErrnoInvalid or NativeFiles.ErrnoNotSeekable or NativeFiles.ErrnoNotImplemented ? 0 : error;
    }

    /// <summary>
    /// Before a sync: takes what is about to be written out of this process's page tables, at once. The sync would do it page by page, and have every
    /// other processor that runs this process stop for each.
    /// </summary>
    public virtual void LetGo()
    {
    }

    /// <summary>Makes everything written so far durable. Returns 0 or an error number.</summary>
    public int Sync()
    {
        while (NativeFiles.Sync(File) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != NativeFiles.ErrnoInterrupted)
                return error;
        }

        return 0;
    }

    /// <summary>Gives back what was allocated beyond the last record. Nothing is written here afterwards.</summary>
    public virtual void Seal() => _ = NativeFiles.Truncate(File, Offset);

    /// <summary>An ended segment is let go of by the helper thread, which seals it, and the sync thread; the second one closes it.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            Dispose();
    }

    public void DeleteFile() => TryDelete(_path);

    public virtual void Dispose() => File.Dispose();

    /// <summary>Up to where pages can be written to the disk for good and at no price to the writer.</summary>
    protected virtual long Settled(long offset) => offset & ~(PageBytes - 1);

    private static int Allocate(SafeFileHandle file, long capacity)
    {
        for (long at = 0; at < capacity;)
        {
            long piece = Math.Min(AllocateAtOnceBytes, capacity - at);
            int error = NativeFiles.Allocate(file, at, piece);
            if (error == 0)
                at += piece;
            else if (error != NativeFiles.ErrnoInterrupted)
                return error;
        }

        return 0;
    }

    private static void TryDelete(string path)
    {
        try
        {
            System.IO.File.Delete(path);
        }
        catch (IOException)
        {
        }
        catch (UnauthorizedAccessException)
        {
        }
    }
}
