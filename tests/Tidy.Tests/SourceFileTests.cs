using System.Text.RegularExpressions;

namespace MultiCloudKv.Tidy.Tests;

/// <summary>What analyzers can't see about source files.</summary>
public partial class SourceFileTests
{
    private const int LinesMax = 500;
    private static readonly string[] Text = [".cs", ".md", ".csproj", ".props", ".proto", ".yaml", ".yml", ".sh", ".py", ".json", ""];

    [Fact]
    public void SourceFile_Length_StaysReadable()
    {
        List<string> tooLong = [.. Repository.Files(".cs").Select(path => (path, lines: Repository.Lines(path).Length)).Where(file => file.lines > LinesMax).Select(file => $"{file.path} has {file.lines} lines")];
        Assert.True(tooLong.Count == 0, string.Join('\n', tooLong));
    }

    [Fact]
    public void SourceFile_UnfinishedWork_IsNotMarkedButDone()
    {
        List<string> found = [.. Find(UnfinishedWord(), ".cs", ".proto", ".sh", ".py", "")];
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void SourceFile_PathsOfOneMachine_AreAbsent()
    {
        List<string> found = [.. Find(MachinePath(), Text)];
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void SourceFile_TopLevelTypes_OnePerFile()
    {
        List<string> found = [];
        foreach (string path in Repository.Files(".cs"))
        {
            int types = Repository.Lines(path).Count(line => TopLevelType().IsMatch(line));
            if (types > 1)
                found.Add($"{path} declares {types} types");
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void SourceFile_Namespace_StartsWithItsProject()
    {
        List<string> found = [];
        foreach (string path in Repository.Files(".cs"))
        {
            string? declared = Repository.Lines(path).FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal));
            string? project = ProjectOf(path);
            if (declared is not null && project is not null && !$"{declared.TrimEnd(';')}.".StartsWith($"namespace MultiCloudKv.{project}.", StringComparison.Ordinal))
                found.Add($"{path}: {declared}");
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    /// <summary>The nearest project file above a source file, by name.</summary>
    private static string? ProjectOf(string path)
    {
        for (string? directory = Path.GetDirectoryName(path); !string.IsNullOrEmpty(directory); directory = Path.GetDirectoryName(directory))
        {
            string? project = Directory.EnumerateFiles(Path.Combine(Repository.Root, directory), "*.csproj").FirstOrDefault();
            if (project is not null)
                return Path.GetFileNameWithoutExtension(project);
        }

        return null;
    }

    private static IEnumerable<string> Find(Regex what, params string[] extensions)
    {
        foreach (string path in Repository.Files(extensions).Where(path => Path.GetFileName(path) != nameof(SourceFileTests) + ".cs"))
        {
            int number = 0;
            foreach (string line in Repository.Lines(path))
            {
                number++;
                if (what.IsMatch(line))
                    yield return $"{path}:{number}: {line.Trim()}";
            }
        }
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|NotImplementedException)\b")]
    private static partial Regex UnfinishedWord();

    [GeneratedRegex("""(^|[\s"'`(=])/(work|home|root|mnt|Users)/[A-Za-z0-9]""")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"^(public |internal |file |sealed |abstract |static |partial |readonly |ref |unsafe )*(class|struct|record|interface|enum|delegate) ")]
    private static partial Regex TopLevelType();
}
