using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Integration.Tests.Harness;

namespace MultiCloudKv.Integration.Tests.Workloads;

/// <summary>The judge is judged: each kind of damage done behind the writer's back is noticed.</summary>
public sealed class LedgerCheckTests
{
    private static readonly (string Damage, string Undo)[] Damages =
    [
        ("DEL w:0:s:1", $"SET w:0:s:1 {LedgerWriter.Value(1)}"),
        ("SET w:0:s:1 other", $"SET w:0:s:1 {LedgerWriter.Value(1)}"),
        ("SET w:0:s:4 resurrected", "DEL w:0:s:4"),
        ("HDEL w:0:h:0 f3", $"HSET w:0:h:0 f3 {LedgerWriter.Value(3)}"),
        ("SREM w:0:m 5", "SADD w:0:m 5"),
        ("INCR w:0:c", "DECR w:0:c"),
        ("DECR total", "INCR total"),
        ("ZINCRBY w:0:z -16 m1", "ZINCRBY w:0:z 16 m1"),
        ("SET w:0:a 0", string.Empty),
    ];

    [Fact]
    public async Task Holds_AfterDamage_DoesNot()
    {
        await using TestSystem system = TestSystem.Plan("east", TestSystem.SmallParts);
        await system.StartAsync(system[0]);
        Workload load = new("w", system[0], writers: 1);
        await load.ReachesAsync(1_000);
        load.Stop();
        using RespConnection connection = TestSystem.Connect(system[0]);
        foreach ((string damage, string undo) in Damages)
        {
            LedgerCheck.Holds(system[0].ClientPort, load.Writers);
            Assert.False(connection.Ask(damage.Split(' ')).IsError, damage);
            Assert.ThrowsAny<Exception>(() => LedgerCheck.Holds(system[0].ClientPort, load.Writers));
            if (undo.Length > 0)
                Assert.False(connection.Ask(undo.Split(' ')).IsError, undo);
        }
    }
}
