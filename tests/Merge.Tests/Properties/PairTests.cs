using MultiCloudKv.Merge.Tests.Simulation;

namespace MultiCloudKv.Merge.Tests.Properties;

/// <summary>Each row of the table in docs/internals/merge.md, with either change the later one, on the real code and the oracle.</summary>
public sealed class PairTests
{
    private static readonly string[] Keys = ["{a}k", "{a}j", "{a}l"];

    public static TheoryData<string> Names => [.. PairRows.All.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Pair_OfConcurrentChanges_ComesOutAsTheTableSays(string name)
    {
        PairRow row = PairRows.All.Single(r => r.Name == name);
        if (row.LeftAt > 0)
        {
            Assert.Equal(row.LeftLater, Play(row, row.LeftAt, row.RightAt));
            return;
        }

        Assert.Equal(row.LeftLater, Play(row, leftAt: 3, rightAt: 2));
        Assert.Equal(row.RightLater, Play(row, leftAt: 2, rightAt: 3));
    }

    private static string Play(PairRow row, int leftAt, int rightAt)
    {
        var script = new Script(2, Keys);
        if (row.Setup is { } setup)
            script.Run(0, 1, setup);
        script.ShipAll();
        script.Run(0, leftAt, row.Left);
        script.Run(1, rightAt, row.Right);
        script.ShipAll();
        script.Check(row.ReadAt);
        string[] shown = [.. script.Regions.Select(r => string.Join("; ", Keys
            .Select(key => (Key: key, Shows: script.Show(r.Index, key, row.ReadAt)))
            .Where(k => k.Shows.Length > 0)
            .Select(k => $"{k.Key[^1]} {k.Shows}")))];
        Assert.Equal(shown[0], shown[1]);
        script.Quiet(row.ReadAt + 100);
        return shown[0];
    }
}
