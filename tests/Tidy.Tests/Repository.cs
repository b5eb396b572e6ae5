namespace MultiCloudKv.Tidy.Tests;

/// <summary>The source tree as files of text, without what builds and runs leave in it.</summary>
internal static class Repository
{
    private static readonly string[] LeftOut = [".git", "artifacts", "bin", "obj", "BenchmarkDotNet.Artifacts", "mckv-data"];

    public static string Root { get; } = FindRoot();

    /// <summary>Paths relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Files(params string[] extensions) =>
        Walk(Root).Select(path => Path.GetRelativePath(Root, path)).Where(path => extensions.Length == 0 || extensions.Contains(Path.GetExtension(path)));

    public static string Read(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    public static string[] Lines(string relative) => File.ReadAllLines(Path.Combine(Root, relative));

    private static IEnumerable<string> Walk(string directory)
    {
        foreach (string file in Directory.EnumerateFiles(directory))
            yield return file;
        foreach (string inner in Directory.EnumerateDirectories(directory).Where(inner => !LeftOut.Contains(Path.GetFileName(inner))))
        {
            foreach (string file in Walk(inner))
                yield return file;
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MultiCloudKv.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("MultiCloudKv.sln is not above the test program");
    }
}
