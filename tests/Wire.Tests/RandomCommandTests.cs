using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

public sealed class RandomCommandTests
{
    private const int Steps = 4000;

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void Commands_InAnyOrder_AnswerAsRedis(int seed)
    {
        var mix = new CommandMix(seed);
        using WireConnection redis = WireServers.Named("redis").Connect();
        using WireConnection own = WireServers.Named("mckv").Connect();
        Assert.Equal(redis.Run("FLUSHALL"), own.Run("FLUSHALL"));
        for (int step = 0; step < Steps; step++)
        {
            if (step % 500 == 0)
            {
                string hello = mix.Next(2) == 0 ? "HELLO 2" : "HELLO 3";
                redis.Run(hello);
                own.Run(hello);
            }

            if (mix.Next(20) == 0)
                CompareTransaction(mix, redis, own, $"seed {seed}, step {step}");
            else
                Compare(mix.Command(), redis, own, $"seed {seed}, step {step}");
        }
    }

    private static void CompareTransaction(CommandMix mix, WireConnection redis, WireConnection own, string where)
    {
        Compare("MULTI", redis, own, where);
        var queued = new List<string>();
        for (int i = mix.Next(6); i > 0; i--)
        {
            queued.Add(mix.Command());
            Compare(queued[^1], redis, own, where);
        }

        if (mix.Next(4) == 0)
        {
            Compare("DISCARD", redis, own, where);
            return;
        }

        string expected = redis.Run("EXEC");
        string actual = own.Run("EXEC");
        bool same = expected == actual || (queued.Exists(command => CommandMix.AreSame(command, "ab", "ba")) && expected.Order().SequenceEqual(actual.Order()));
        Assert.True(same, $"{where}: {string.Join("; ", queued)}\n  redis {expected}\n  own   {actual}");
    }

    private static void Compare(string command, WireConnection redis, WireConnection own, string where)
    {
        string expected = redis.Run(command);
        string actual = own.Run(command);
        Assert.True(CommandMix.AreSame(command, expected, actual), $"{where}: {command}\n  redis {expected}\n  own   {actual}");
    }
}
