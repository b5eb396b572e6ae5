using Microsoft.Win32.SafeHandles;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>
/// Copies sealed segments to an archive directory: written beside the target, synced, renamed, directory synced, so that a
/// file under its own name is always whole. A segment that is there already is not copied again.
/// </summary>
internal static class SegmentArchive
{
    public static void Store(string segment, string directory)
    {
        Directory.CreateDirectory(directory);
        string target = Path.Combine(directory, Path.GetFileName(segment));
        if (File.Exists(target) && new FileInfo(target).Length == new FileInfo(segment).Length)
            return;
        string beside = target + ".new";
        File.Copy(segment, beside, overwrite: true);
        using (SafeFileHandle copy = File.OpenHandle(beside, FileMode.Open, FileAccess.ReadWrite))
            Durable.Sync(copy, beside);
        File.Move(beside, target, overwrite: true);
        Durable.SyncDirectory(directory);
    }
}
