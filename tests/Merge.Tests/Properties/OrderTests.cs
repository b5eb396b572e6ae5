using FsCheck;
using FsCheck.Fluent;
using MultiCloudKv.Merge.Collection;
using MultiCloudKv.Merge.Tests.Oracle;
using MultiCloudKv.Merge.Tests.Simulation;

namespace MultiCloudKv.Merge.Tests.Properties;

/// <summary>Changes of several origins applied in every interleaving that keeps each origin's order come out the same.</summary>
public sealed class OrderTests
{
    private const int Writers = 3;
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(300);

    [Fact]
    public void Changes_InAnyInterleavingOfOrigins_GiveTheSameDigest() =>
        Prop.ForAll((ulong seed, int[] one, int[] other) =>
        {
            var random = new Prng(seed);
            var place = Place.Make(1, 2);
            var history = new History();
            var logs = new List<LogEntry>[Writers];
            var commands = new CommandSource(random, place);
            for (int writer = 0; writer < Writers; writer++)
                logs[writer] = Write(new Replica(writer, Writers + 2, place, history), random, commands);
            KeyDigest first = Read(new Replica(Writers, Writers + 2, place, history), logs, one);
            return first == Read(new Replica(Writers + 1, Writers + 2, place, history), logs, other);
        }).Check(Many);

    private static List<LogEntry> Write(Replica writer, Prng random, CommandSource commands)
    {
        List<LogEntry> log = [];
        for (int i = 0; i < 6; i++)
        {
            long time = World.Epoch + random.Below(4);
            writer.Tick(time);
            log.AddRange(writer.Commit([commands.Draw(time)], () => false).Select(shipped => shipped.Entry));
        }

        return log;
    }

    private static KeyDigest Read(Replica reader, List<LogEntry>[] logs, int[] choices)
    {
        int[] at = new int[logs.Length];
        for (int i = 0; at.Sum() < logs.Sum(log => log.Count); i++)
        {
            int origin = (i < choices.Length ? choices[i] & int.MaxValue : i) % logs.Length;
            if (at[origin] < logs[origin].Count)
                reader.Apply(origin, 0, logs[origin][at[origin]++]);
        }

        reader.Check(World.Epoch + 6);
        return reader.Digest(World.Epoch + 6);
    }
}
