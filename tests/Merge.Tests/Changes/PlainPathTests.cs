using System.Globalization;
using MultiCloudKv.Merge.State;
using MultiCloudKv.Merge.Tests.Support;
using MultiCloudKv.Merge.Transactions;

namespace MultiCloudKv.Merge.Tests.Changes;

/// <summary>The plain path must leave, byte by byte, the records that the general rules leave.</summary>
public sealed class PlainPathTests
{
    private const int RegionCount = 3;

    [Fact]
    public void PlainPath_OnRandomHistories_LeavesTheSameRecordsAsTheRules()
    {
        for (int seed = 0; seed < 150; seed++)
            Run(seed);
    }

    private static void Run(int seed)
    {
        var random = new Random(seed);
        byte[] ids = [1, 2, 3];
        int smallMax = seed % 3;
        Region[] plain = [.. ids.Select(i => new Region(i, [.. ids.Where(p => p != i)], plainPath: true, smallMax))];
        Region[] general = [.. ids.Select(i => new Region(i, [.. ids.Where(p => p != i)], plainPath: false, smallMax))];
        List<Change>[] logs = [[], [], []];
        int[,] applied = new int[RegionCount, RegionCount];
        for (int step = 0; step < 120; step++)
        {
            int at = random.Next(RegionCount);
            plain[at].NowMs = general[at].NowMs = Math.Max(plain[at].NowMs, 1000 + (step * 2) + random.Next(3));
            if (random.Next(100) < 55)
            {
                int commandSeed = random.Next();
                Change? a = plain[at].Commit(t => Command(new Random(commandSeed), t, plain[at].NowMs));
                Change? b = general[at].Commit(t => Command(new Random(commandSeed), t, general[at].NowMs));
                Assert.Equal(a?.Groups, b?.Groups);
                if (a is not null)
                    logs[at].Add(a);
            }
            else
            {
                int from = random.Next(RegionCount);
                while (from != at && applied[at, from] < logs[from].Count && random.Next(4) > 0)
                {
                    Change change = logs[from][applied[at, from]++];
                    Assert.Equal(plain[at].Apply(change), general[at].Apply(change));
                }
            }

            if (random.Next(12) == 0)
            {
                int heard = random.Next(RegionCount);
                if (heard != at)
                {
                    plain[at].Hear(plain[heard], "k0");
                    general[at].Hear(general[heard], "k0");
                }
            }

            Assert.True(plain[at].Store.Dump() == general[at].Store.Dump(), $"seed {seed}, step {step}, region {at + 1}:\n{plain[at].Store.Dump()}\nmust be\n{general[at].Store.Dump()}");
            Assert.Equal(general[at].Keys, plain[at].Keys);
            Assert.Equal(general[at].Expiries, plain[at].Expiries);
        }
    }

    private static void Command(Random random, Transaction transaction, long nowMs)
    {
        int count = random.Next(5) == 0 ? 3 : 1;
        for (int i = 0; i < count; i++)
            Command(random, transaction.Open(Region.Bytes($"{{k}}{random.Next(2)}")), nowMs);
    }

    private static void Command(Random random, KeyView key, long nowMs)
    {
        byte[] element = Region.Bytes("e" + random.Next(3).ToString(CultureInfo.InvariantCulture));
        if (random.Next(8) == 0)
            element = [.. element, .. new byte[SmallSortedSet.MemberBytesMax]];
        ElementType type = key.Exists ? key.Type : (ElementType)random.Next(1, 5);
        switch (random.Next(10))
        {
            case 0:
                key.RemoveKey();
                break;
            case 1:
                key.Expire(random.Next(2) == 0 ? long.MaxValue : nowMs + random.Next(60));
                break;
            case 2 or 3:
                key.Set(Region.Bytes(random.Next(3) == 0 ? "text" : "100"), random.Next(3) == 0 ? nowMs + random.Next(1, 60) : long.MaxValue);
                break;
            case 4 when type > ElementType.String && key.Exists:
                key.Remove(element);
                break;
            default:
                Write(random, key, type, element);
                break;
        }
    }

    private static void Write(Random random, KeyView key, ElementType type, byte[] element)
    {
        bool increment = random.Next(2) == 0;
        if (type == ElementType.String)
        {
            if (increment && (!key.Exists || key.TryGetNumber(out _)))
                key.Increment(Number.Of(random.Next(-5, 6)));
            else
                key.WriteString("written"u8);
        }
        else if (type == ElementType.SortedSet)
        {
            if (increment)
                key.Increment(type, element, Number.Of(random.Next(4) * 0.5));
            else
                key.WriteScore(element, random.Next(3));
        }
        else if (type == ElementType.Hash && increment && (!key.Contains(element) || key.TryGetNumber(element, out _)))
        {
            key.Increment(type, element, Number.Of(random.Next(9)));
        }
        else
        {
            key.Write(type, element, type == ElementType.Set ? default : Region.Bytes(random.Next(2) == 0 ? "7" : "v"));
        }
    }
}
