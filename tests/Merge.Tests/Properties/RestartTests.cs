using MultiCloudKv.Merge.Tests.Simulation;

namespace MultiCloudKv.Merge.Tests.Properties;

/// <summary>A transaction whose store lacks a record at any one of its reads runs again as if it had never begun.</summary>
public sealed class RestartTests
{
    private const string K = "{a}k";
    private const string J = "{a}j";
    private const long Never = long.MaxValue;

    [Fact]
    public void Transaction_InterruptedAtAnyOfItsReads_ComesOutTheSame()
    {
        int reads = 0;
        for (int missing = 0; missing <= reads; missing++)
        {
            var script = new Script(2, K, J);
            script.Run(1, 1, t => t.Set(J, "5", Never), t => t.HashIncrement(K, "f", 1), t => t.HashWrite(K, "g", "x"));
            script.ShipAll();
            reads = 0;
            script.Regions[0].Commit(
            [
                t => t.HashIncrement(K, "f", 2),
                t => t.RemoveElement(K, "g", 99),
                t => t.RemoveElement(K, "f", 99),
                t => t.SetAdd(K, "m"),
                t => t.RemoveKey(J),
                t => t.Increment(J, -3),
                t => t.Increment(J, 1),
                t => t.Copy(J, K, true),
            ], () => reads++ == missing);
            script.Regions[0].Check(World.Epoch + 2);
            Assert.Equal("s =-2", script.Show(0, K, 2));
            Assert.Equal("", script.Show(0, J, 2));
        }

        Assert.True(reads > 10);
    }
}
