using MultiCloudKv.Cli.Deployment;

namespace MultiCloudKv.Integration.Tests.Harness;

/// <summary>A copy of a stopped region's data, to be put back later: a disk restored from a backup.</summary>
internal sealed class OlderState : IDisposable
{
    private readonly string _data;
    private readonly string _copy;

    private OlderState(string data, string copy)
    {
        _data = data;
        _copy = copy;
    }

    public static OlderState Of(TestSystem system, RegionState region)
    {
        string data = system.State.DirectoryOf(region);
        OlderState state = new(data, data + "-older");
        foreach (string folder in Folders(data))
            Copy(folder, Path.Combine(state._copy, Path.GetFileName(folder)));
        return state;
    }

    /// <summary>The region's processes must be gone. Its configuration and its logs stay.</summary>
    public void PutBack()
    {
        foreach (string folder in Folders(_data))
            Directory.Delete(folder, recursive: true);
        foreach (string folder in Folders(_copy))
            Copy(folder, Path.Combine(_data, Path.GetFileName(folder)));
    }

    public void Dispose() => Directory.Delete(_copy, recursive: true);

    private static string[] Folders(string directory) => Directory.GetDirectories(directory);

    /// <summary>By cp, which leaves the holes of a segment holes.</summary>
    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        Command.Must("cp", "-a", "--sparse=always", from, to);
    }
}
