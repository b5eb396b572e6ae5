using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MultiCloudKv.Foundation;

/// <summary>
/// Durability by direct system calls. The runtime's own flush calls return normally when the kernel reports a failed
/// sync, so every sync of the product goes through here and its result is checked: after a failure the data is not
/// durable and a second try proves nothing, so the caller must stop taking writes.
/// </summary>
public static partial class Durable
{
    /// <summary>Syncs a file's data and the metadata needed to read it (fdatasync(2)).</summary>
    /// <exception cref="EnvironmentException">The sync failed; the message carries the system's reason.</exception>
    public static void Sync(SafeFileHandle file, string path)
    {
        if (FDataSync(file) != 0)
            throw Failed("fdatasync", path);
    }

    /// <summary>Syncs a directory, so that names created, renamed or removed in it survive a power loss.</summary>
    public static void SyncDirectory(string directory)
    {
        using SafeFileHandle handle = Open(directory, OpenReadOnly, 0);
        if (handle.IsInvalid || FSync(handle) != 0)
            throw Failed("fsync of directory", directory);
    }

    /// <summary>
    /// Replaces a small file atomically: written beside it, synced, renamed over it, directory synced. After a crash
    /// either the old or the new content is there, whole.
    /// </summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string beside = path + ".new";
        using (SafeFileHandle handle = File.OpenHandle(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            RandomAccess.Write(handle, content, 0);
            Sync(handle, beside);
        }

        File.Move(beside, path, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private const int OpenReadOnly = 0;

    private static EnvironmentException Failed(string call, string path) =>
        new($"{call} of {path} failed: {Marshal.GetLastPInvokeErrorMessage()}; writes are stopped because they can no longer be made durable", ExitCodes.DataAtRisk);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);
}
