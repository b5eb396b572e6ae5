using System.Text.RegularExpressions;
using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

public sealed partial class ScanTests
{
    private const int Many = 5000;

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Scan_OnAnotherConnectionEachTimeWhileKeysComeAndGo_ReturnsEveryKeyThatStays(string server)
    {
        WireServer target = WireServers.Named(server);
        using WireConnection writer = target.Connect();
        writer.Run("FLUSHALL");
        Fill(writer, i => $"SET stays:{i} v");
        int round = 0;
        HashSet<string> seen = ScanAll(target, cursor =>
        {
            writer.Run($"SET passing:{round} v");
            writer.Run($"DEL passing:{round - 3}");
            round++;
            return $"SCAN {cursor} MATCH stays:* COUNT 100";
        });
        Assert.Equal(Many, seen.Count);
    }

    [Theory]
    [InlineData("redis", "HSCAN", "HSET big stays:{0} v")]
    [InlineData("mckv", "HSCAN", "HSET big stays:{0} v")]
    [InlineData("redis", "SSCAN", "SADD big stays:{0}")]
    [InlineData("mckv", "SSCAN", "SADD big stays:{0}")]
    [InlineData("redis", "ZSCAN", "ZADD big {0} stays:{0}")]
    [InlineData("mckv", "ZSCAN", "ZADD big {0} stays:{0}")]
    public void ElementScans_WhileElementsComeAndGo_ReturnEveryElementThatStays(string server, string scan, string add)
    {
        WireServer target = WireServers.Named(server);
        string remove = scan == "HSCAN" ? "HDEL" : scan == "SSCAN" ? "SREM" : "ZREM";
        using WireConnection writer = target.Connect();
        writer.Run("FLUSHALL");
        Fill(writer, i => string.Format(null, add, i));
        Fill(writer, i => string.Format(null, add, i).Replace("stays", "passing", StringComparison.Ordinal), Many / 10);
        int round = 0;
        HashSet<string> seen = ScanAll(target, cursor =>
        {
            writer.Run($"{remove} big passing:{round++}");
            return $"{scan} big {cursor} MATCH stays:* COUNT 100";
        });
        Assert.Equal(Many, seen.Count);
    }

    [Fact]
    public void SrandmemberOfManyMembers_Often_ReachesEveryPart()
    {
        using WireConnection connection = WireServers.Named("mckv").Connect();
        connection.Run("FLUSHALL");
        Fill(connection, i => $"SADD big member:{i:0000}");
        var hundreds = new HashSet<string>();
        for (int i = 0; i < 2000; i++)
            hundreds.Add(connection.Run("SRANDMEMBER big")[..10]);
        Assert.Equal(Many / 100, hundreds.Count);
        string distinct = connection.Run("SRANDMEMBER big 20");
        Assert.Equal(20, Names().Matches(distinct).Select(m => m.Value).Distinct().Count());
    }

    /// <summary>Redis 7.0 takes all memory for these and dies, so they are asked of the product alone.</summary>
    [Fact]
    public void CountsBeyondMemory_AreRefusedBeforeItIsTaken() => WireScript.Play(WireServers.Named("mckv"), """
        SADD s a                                         => :1
        HSET h a 1                                       => :1
        ZADD z 1 a                                       => :1
        SRANDMEMBER s -4611686018427387904               => -ERR value is out of range
        SRANDMEMBER s -9223372036854775807               => -ERR value is out of range
        HRANDFIELD h -9223372036854775807                => -ERR value is out of range
        HRANDFIELD h -4611686018427387905 WITHVALUES     => -ERR value is out of range
        ZRANDMEMBER z -4611686018427387904 WITHSCORES    => -ERR value is out of range
        SRANDMEMBER s -3                                 => ["a", "a", "a"]
        """);

    private static void Fill(WireConnection connection, Func<int, string> command, int count = Many)
    {
        for (int i = 0; i < count; i++)
            connection.Send(command(i));
        for (int i = 0; i < count; i++)
            Assert.False(connection.Receive().StartsWith('-'));
    }

    private static HashSet<string> ScanAll(WireServer server, Func<string, string> command)
    {
        var seen = new HashSet<string>();
        string cursor = "0";
        do
        {
            using WireConnection connection = server.Connect();
            string reply = connection.Run(command(cursor));
            cursor = reply[2..reply.IndexOf('"', 2)];
            seen.UnionWith(Names().Matches(reply).Select(m => m.Value));
        }
        while (cursor != "0");
        return seen;
    }

    [GeneratedRegex("(stays|member):[0-9]+")]
    private static partial Regex Names();
}
