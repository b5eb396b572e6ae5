using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MultiCloudKv.Tidy.Tests;

/// <summary>
/// References point one way: Foundation, then the other libraries, then the processes. The replicator never sees the
/// server, the load generator sees neither, and nothing references a process except the tests.
/// </summary>
public partial class DependencyArrowTests
{
    private static readonly Dictionary<string, string[]> AllowedReferences = new(StringComparer.Ordinal)
    {
        ["Foundation"] = [],
        ["Merge"] = ["Foundation"],
        ["Resp"] = ["Foundation"],
        ["RocksDb"] = ["Foundation"],
        ["Binlog"] = ["Foundation"],
        ["Rpc"] = ["Foundation"],
        ["Server"] = ["Foundation", "Merge", "Resp", "RocksDb", "Binlog", "Rpc"],
        ["Replicator"] = ["Foundation", "Binlog", "RocksDb", "Rpc"],
        ["Cli"] = ["Foundation", "Binlog", "Resp", "Rpc"],
        ["Load"] = ["Foundation", "Resp", "Rpc"],
    };

    /// <summary>Pointers: RocksDb, Binlog and the record cache in Server. The others only for the code that LibraryImport generates.</summary>
    private static readonly string[] UnsafeAllowed = ["RocksDb", "Binlog", "Server", "Foundation", "Replicator"];

    [Fact]
    public void Project_References_OnlyWhatItsPlaceAllows()
    {
        foreach (string path in ProductProjects())
        {
            string name = Path.GetFileNameWithoutExtension(path);
            string[] allowed = Allowed(name);
            foreach (string reference in References(path))
                Assert.True(allowed.Contains(reference), $"{path} references {reference}");
        }
    }

    [Fact]
    public void Project_UnsafeCode_OnlyWhereItIsArguedFor()
    {
        foreach (string path in ProductProjects().Where(path => !UnsafeAllowed.Contains(Path.GetFileNameWithoutExtension(path))))
        {
            string folder = Path.GetDirectoryName(path)! + "/";
            string? found = Repository.Files(".cs").Where(file => file.StartsWith(folder, StringComparison.Ordinal))
                .FirstOrDefault(file => Repository.Lines(file).Any(line => UnsafeKeyword().IsMatch(line)));
            Assert.True(found is null, $"{found} is unsafe code");
        }
    }

    [Fact]
    public void Solution_Lists_EveryProject()
    {
        string solution = Repository.Read("MultiCloudKv.sln");
        foreach (string path in Repository.Files(".csproj"))
            Assert.Contains(path.Replace('/', '\\'), solution, StringComparison.Ordinal);
    }

    [Fact]
    public void Packages_Versions_StandInOnePlace()
    {
        foreach (string path in Repository.Files(".csproj"))
        {
            IEnumerable<XElement> versioned = XDocument.Parse(Repository.Read(path)).Descendants("PackageReference").Where(element => element.Attribute("Version") is not null);
            Assert.True(!versioned.Any(), $"{path} pins a package version of its own");
            Assert.True(File.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(path)!, "packages.lock.json")), $"{path} has no lock file");
        }
    }

    /// <summary>Micro-benchmarks measure the inside of the server, so they may reference what tests may.</summary>
    private static string[] Allowed(string name)
    {
        if (name == "Micro")
            return [.. AllowedReferences.Keys];
        Assert.True(AllowedReferences.ContainsKey(name), $"{name} is a project this test doesn't know: give it its place");
        return AllowedReferences[name];
    }

    private static IEnumerable<string> ProductProjects() =>
        Repository.Files(".csproj").Where(path => !path.StartsWith("tests/", StringComparison.Ordinal));

    private static IEnumerable<string> References(string path) =>
        XDocument.Parse(Repository.Read(path)).Descendants("ProjectReference").Select(element => Path.GetFileNameWithoutExtension((string)element.Attribute("Include")!));

    [GeneratedRegex(@"^[^/""]*\bunsafe\b(?! code)")]
    private static partial Regex UnsafeKeyword();
}
