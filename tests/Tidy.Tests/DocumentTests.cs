using System.Text.RegularExpressions;

namespace MultiCloudKv.Tidy.Tests;

/// <summary>What the documents point at exists.</summary>
public partial class DocumentTests
{
    private static readonly string[] Folders = ["libs/", "server/", "replicator/", "cli/", "bench/", "tests/", "proto/", "docs/", ".ci/", "chaos/", "checkpoint/", "proxy/"];

    [Fact]
    public void Document_PathInBackticks_Exists()
    {
        List<string> found = [];
        foreach (string document in Repository.Files(".md"))
        {
            foreach (string path in Quoted().Matches(Repository.Read(document)).Select(match => match.Groups[1].Value))
            {
                bool names = Folders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)) && path.IndexOfAny(['*', '<', '{', ' ']) < 0;
                if (names && !Exists(Repository.Root, path.TrimEnd('/', '.')))
                    found.Add($"{document}: {path}");
            }
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void Document_RelativeLink_Exists()
    {
        List<string> found = [];
        foreach (string document in Repository.Files(".md"))
        {
            string folder = Path.Combine(Repository.Root, Path.GetDirectoryName(document) ?? string.Empty);
            foreach (string target in Linked().Matches(Repository.Read(document)).Select(match => match.Groups[1].Value))
            {
                bool elsewhere = target.Contains("://", StringComparison.Ordinal) || target.StartsWith('#') || target.StartsWith("mailto:", StringComparison.Ordinal);
                if (!elsewhere && !Exists(folder, target.Split('#')[0]))
                    found.Add($"{document}: {target}");
            }
        }

        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private static bool Exists(string folder, string path)
    {
        string whole = Path.Combine(folder, path.Split(':')[0]);
        return File.Exists(whole) || Directory.Exists(whole);
    }

    [GeneratedRegex("`([A-Za-z0-9_.][^`\n]*)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Linked();
}
