using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli;

/// <summary>Where the parts of the product lie: the launcher says it in MCKV_ROOT, otherwise it is found upwards of this program.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find();

    public static string Executable(string project) =>
        Path.Combine(Root, "artifacts", "bin", project, "release", "MultiCloudKv." + project);

    private static string Find()
    {
        string? named = Environment.GetEnvironmentVariable("MCKV_ROOT");
        if (!string.IsNullOrEmpty(named))
            return named;
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "MultiCloudKv.sln")))
                return directory.FullName;
        }

        throw new EnvironmentException("the source tree this program was built from is not above it; set MCKV_ROOT", ExitCodes.Environment);
    }
}
