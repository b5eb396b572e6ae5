using System.Globalization;
using MultiCloudKv.Merge;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Tests.Cache;

/// <summary>Ordered iteration: unsorted, sorted and incomplete chains, large ones included.</summary>
public sealed class ChainTests
{
    private const int Many = 100_000;
    private static readonly byte[] BigChain = TestKeys.ChainOf(TestKeys.ElementKind, 4, "big", 9);

    [Fact]
    public void Chain_OfManyElements_ScansInOrderWhileItChanges()
    {
        using var store = new MemoryCheckpointStore();
        using var cache = new RecordCache(new RecordCacheOptions(), store);
        Stripe stripe = cache.OfSlot(4);
        var random = new Random(5);
        int[] order = [.. Enumerable.Range(0, Many)];
        random.Shuffle(order);
        var live = new SortedSet<int>();
        stripe.Enter();
        for (int i = 0; i < Many; i++)
        {
            stripe.Store.Put(Key(order[i]), [1]);
            live.Add(order[i]);
        }

        Assert.Equal(live, Numbers(stripe, 0, Many, false));
        for (int i = 0; i < 20_000; i++)
        {
            int n = random.Next(Many * 2);
            if (random.Next(2) == 0)
            {
                stripe.Store.Delete(Key(n));
                live.Remove(n);
            }
            else
            {
                stripe.Store.Put(Key(n), [2]);
                live.Add(n);
            }

            if (i % 100 != 0)
                continue;
            int from = random.Next(Many * 2);
            Assert.Equal(live.GetViewBetween(from, from + 50), Numbers(stripe, from, from + 51, false));
            Assert.Equal(live.GetViewBetween(from, from + 50).Reverse(), Numbers(stripe, from, from + 51, true));
        }

        Assert.Equal(live, Numbers(stripe, 0, Many * 2, false));
        stripe.Store.DropPrefix(BigChain);
        Assert.Empty(Numbers(stripe, 0, Many * 2, false));
        stripe.Store.Put(Key(7), [3]);
        Assert.Equal([7], Numbers(stripe, 0, Many * 2, false));
        stripe.Exit();
    }

    [Fact]
    public void Cursor_OverManyElementsThatAreAllDeleted_SeesThemAll()
    {
        using var store = new MemoryCheckpointStore();
        using var cache = new RecordCache(new RecordCacheOptions(), store);
        Stripe stripe = cache.OfSlot(4);
        stripe.Enter();
        for (int i = 0; i < Many; i++)
            stripe.Store.Put(Key(i), [1]);
        int seen = 0;
        using (RecordCursor cursor = stripe.Store.Scan(BigChain, TestKeys.End(BigChain)))
        {
            while (cursor.MoveNext())
            {
                Assert.Equal(1, cursor.Value[0]);
                stripe.Store.Delete(cursor.Key);
                seen++;
            }
        }

        Assert.Equal(Many, seen);
        Assert.Empty(Numbers(stripe, 0, Many, false));
        stripe.Exit();
        Assert.Equal(0, cache.Statistics().Records);
    }

    [Fact]
    public void Chain_MadeInMemory_NeverAsksTheCheckpoint()
    {
        using var store = new MemoryCheckpointStore();
        using var harness = new CacheHarness(store);
        harness.Put(4, TestKeys.Meta(4, "other"), [1]);
        harness.Flush();
        using var again = new CacheHarness(store, firstEpoch: 2);
        again.Inherit(harness);
        again.Write(4, s => s.Stripe.SetVersionFloor(4, 1000));
        store.Cold = true;
        ulong version = 1_000_000;
        again.Write(4, s =>
        {
            again.Put(s, TestKeys.Element(4, "new", version, "a"), [1]);
            Assert.False(s.TryGet(TestKeys.Element(4, "new", version, "b"), out _));
            using RecordCursor cursor = s.Scan(TestKeys.ChainOf(TestKeys.ElementKind, 4, "new", version), TestKeys.End(TestKeys.ChainOf(TestKeys.ElementKind, 4, "new", version)));
            Assert.True(cursor.MoveNext());
            Assert.False(cursor.MoveNext());
        });
        Assert.Equal(0, again.Cache.Statistics().Misses);
    }

    [Fact]
    public async Task Request_OfSeveralMissingRecords_NotesThemAll()
    {
        using var store = new MemoryCheckpointStore();
        using (var harness = new CacheHarness(store))
        {
            harness.Put(4, TestKeys.Meta(4, "a"), [1]);
            harness.Put(4, TestKeys.Meta(4, "b"), [2]);
            harness.Flush();
        }

        store.Cold = true;
        using var cache = new RecordCache(new RecordCacheOptions(), store);
        var missing = new MissingRecords();
        Stripe stripe = cache.OfSlot(4);
        stripe.Enter();
        stripe.Store.Begin(missing);
        Assert.False(stripe.Store.Request(TestKeys.Meta(4, "a")));
        Assert.False(stripe.Store.Request(TestKeys.Meta(4, "b")));
        Assert.Throws<NotResidentException>(() => stripe.Store.TryGet(TestKeys.Meta(4, "c"), out _));
        stripe.Exit();
        Assert.Equal(3, missing.Count);
        await cache.Loader.LoadAsync(missing);
        missing.Clear();
        stripe.Enter();
        stripe.Store.Begin(missing);
        Assert.True(stripe.Store.Request(TestKeys.Meta(4, "a")));
        Assert.True(stripe.Store.TryGet(TestKeys.Meta(4, "b"), out ReadOnlySpan<byte> b) && b[0] == 2);
        Assert.False(stripe.Store.TryGet(TestKeys.Meta(4, "c"), out _));
        stripe.Exit();
    }

    private static byte[] Key(int number) => TestKeys.Element(4, "big", 9, number.ToString("D8", CultureInfo.InvariantCulture));

    private static List<int> Numbers(Stripe stripe, int from, int to, bool reverse)
    {
        List<int> numbers = [];
        using RecordCursor cursor = stripe.Store.Scan(Key(from), Key(to), reverse);
        while (cursor.MoveNext())
            numbers.Add(int.Parse(cursor.Key[^8..], CultureInfo.InvariantCulture));
        return numbers;
    }
}
