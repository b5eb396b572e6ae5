namespace MultiCloudKv.Cli.Testing;

/// <summary>A built test program, and whether it may share the machine with another one.</summary>
/// <param name="Name">Folder name under tests/.</param>
/// <param name="Alone">It starts processes of its own or measures time: nothing else runs beside it.</param>
internal sealed record TestProject(string Name, bool Alone)
{
    private static readonly string[] RunAlone = ["Integration.Tests", "Wire.Tests", "Replicator.Tests", "Cli.Tests"];

    public string Executable => SourceTree.Executable(Name);

    public TimeSpan Limit(bool full) => TimeSpan.FromMinutes((Alone ? 8 : 4) * (full ? 10 : 1));

    public static IReadOnlyList<TestProject> Discover() =>
    [
        .. Directory.EnumerateDirectories(Path.Combine(SourceTree.Root, "tests"), "*.Tests")
            .Select(path => Path.GetFileName(path)!)
            .Order(StringComparer.Ordinal)
            .Select(name => new TestProject(name, Array.IndexOf(RunAlone, name) >= 0)),
    ];
}
