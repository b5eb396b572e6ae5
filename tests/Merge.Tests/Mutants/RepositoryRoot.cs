namespace MultiCloudKv.Merge.Tests.Mutants;

/// <summary>Where the sources are: the folder above this assembly that holds the solution.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "MultiCloudKv.sln")))
                return at.FullName;
        }

        throw new DirectoryNotFoundException($"no MultiCloudKv.sln above {AppContext.BaseDirectory}");
    }
}
