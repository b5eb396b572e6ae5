using System.Globalization;

namespace MultiCloudKv.Integration.Tests.Harness;

/// <summary>A small xfs file system of its own on a loop file: it can lose its power, and it can be full.</summary>
internal sealed class LoopDisk : IAsyncDisposable
{
    private const long SmallestStep = 64 << 10;
    private readonly string _image;
    private readonly string _mount;
    private bool _mounted;

    /// <summary>Makes the file system and mounts it, where the machine can; otherwise the test is skipped.</summary>
    public LoopDisk(string image, string mount, long bytes)
    {
        Needs.LoopDevices();
        Needs.Programs(("mkfs.xfs", "xfsprogs"), ("xfs_io", "xfsprogs"));
        _image = image;
        _mount = mount;
        using (FileStream file = File.Create(image))
            file.SetLength(bytes);
        Command.Must("mkfs.xfs", "-q", image);
        Directory.CreateDirectory(mount);
        Mount();
    }

    /// <summary>What was synced stays, everything else is lost as if the power went; then the disk is there again.</summary>
    /// <param name="meanwhile">Ends whatever has files open on it.</param>
    public async Task LosePowerAsync(Func<Task> meanwhile)
    {
        Command.Must("xfs_io", "-x", "-c", "shutdown", _mount);
        await meanwhile();
        await UnmountAsync();
        Mount();
    }

    /// <summary>Takes all but about so many bytes of the free space; deleting the file gives them back.</summary>
    public string Fill(long leave)
    {
        string filler = Path.Combine(_mount, $"filler-{leave}");
        long step = new DriveInfo(_mount).AvailableFreeSpace - leave;
        for (long taken = 0; step >= SmallestStep; step /= 2)
        {
            if (new DriveInfo(_mount).AvailableFreeSpace - step >= leave && Command.Run("fallocate", "-o", Text(taken), "-l", Text(step), filler).ExitCode == 0)
                taken += step;
        }

        return filler;
    }

    public async ValueTask DisposeAsync()
    {
        if (_mounted)
            await UnmountAsync();
    }

    private void Mount()
    {
        Command.Must("mount", "-o", "loop", _image, _mount);
        _mounted = true;
    }

    /// <summary>A killed process is gone before the last of its threads has let go of its files.</summary>
    private async Task UnmountAsync()
    {
        await Until.True(() => Command.Run("umount", _mount).ExitCode == 0, $"{_mount} to be let go");
        _mounted = false;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
