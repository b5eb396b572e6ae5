using System.Globalization;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Demo;

/// <summary>The machine's own package database: every installed package and every path one of them owns.</summary>
internal sealed record DebianDatabase(IReadOnlyList<DebianPackage> Packages, IReadOnlyList<(string Directory, string Member)> Paths)
{
    private const string StatusFile = "/var/lib/dpkg/status";
    private const string ListDirectory = "/var/lib/dpkg/info";
    private static readonly string[] Kept = ["Version", "Architecture", "Section", "Priority", "Maintainer", "Status", "Source"];

    /// <exception cref="EnvironmentException">This is not a Debian machine.</exception>
    public static DebianDatabase Read()
    {
        if (!File.Exists(StatusFile) || !Directory.Exists(ListDirectory))
            throw new EnvironmentException($"the demo needs a Debian or Ubuntu machine: {StatusFile} is missing", ExitCodes.MissingDependency);
        List<(string Directory, string Member)> paths = [];
        foreach (string list in Directory.EnumerateFiles(ListDirectory, "*.list").Order(StringComparer.Ordinal))
        {
            string package = Path.GetFileNameWithoutExtension(list);
            foreach (string path in File.ReadLines(list).Where(path => path.Length > 2 && path[0] == '/'))
            {
                int slash = path.LastIndexOf('/');
                paths.Add((slash == 0 ? "/" : path[..slash], $"{package}/{path[(slash + 1)..]}"));
            }
        }

        return new DebianDatabase([.. ReadPackages()], [.. paths.Distinct()]);
    }

    private static IEnumerable<DebianPackage> ReadPackages()
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(StatusFile).Append(string.Empty))
        {
            if (line.Length == 0)
            {
                if (fields.TryGetValue("Package", out string? name))
                    yield return Package(name, fields);
                fields.Clear();
            }
            else if (line[0] != ' ' && line.IndexOf(": ", StringComparison.Ordinal) is > 0 and int colon)
            {
                fields[line[..colon]] = line[(colon + 2)..];
            }
        }
    }

    private static DebianPackage Package(string name, Dictionary<string, string> fields)
    {
        string depends = fields.GetValueOrDefault("Depends", string.Empty);
        List<string> dependencies = [.. depends.Split([',', '|'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split(' ', ':')[0]).Distinct()];
        long size = long.TryParse(fields.GetValueOrDefault("Installed-Size"), NumberStyles.None, CultureInfo.InvariantCulture, out long kib) ? kib : 0;
        return new DebianPackage(name, Kept.Where(fields.ContainsKey).ToDictionary(field => field, field => fields[field]), dependencies, size);
    }
}
