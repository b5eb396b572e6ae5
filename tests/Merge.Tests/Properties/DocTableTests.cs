using MultiCloudKv.Merge.Tests.Mutants;

namespace MultiCloudKv.Merge.Tests.Properties;

/// <summary>The table of pairs in docs/internals/merge.md and the tests of the pairs are the same list.</summary>
public sealed class DocTableTests
{
    [Fact]
    public void PairTable_EveryRow_HasItsTestAndViceVersa()
    {
        string page = Path.Combine(RepositoryRoot.Path, "docs", "internals", "merge.md");
        string[] rows = [.. File.ReadLines(page)
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1])];
        Assert.Equal(rows, rows.Distinct());
        Assert.Equal(rows.Order(StringComparer.Ordinal), PairRows.All.Select(row => row.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void PairTable_EveryRow_SaysWhatOthersDocument()
    {
        string page = Path.Combine(RepositoryRoot.Path, "docs", "internals", "merge.md");
        foreach (string line in File.ReadLines(page).Where(line => line.StartsWith("| `", StringComparison.Ordinal)))
        {
            string[] cells = [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];
            Assert.Equal(5, cells.Length);
            Assert.All(cells, cell => Assert.NotEmpty(cell));
            Assert.True(cells[4].Contains("not documented", StringComparison.Ordinal) || cells[4].Contains("(*", StringComparison.Ordinal), line);
        }
    }
}
