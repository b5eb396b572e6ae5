using System.Text;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Server.Network;
using MultiCloudKv.Server.Storage.Cache;
using MultiCloudKv.Server.Tests.Cache;
using MultiCloudKv.Server.Tests.Storage;

namespace MultiCloudKv.Server.Tests.Network;

public sealed class RequestPreviewTests : IDisposable
{
    private readonly RecordCache _cache = new(new RecordCacheOptions(), new MemoryCheckpointStore());

    private readonly SlotVectors _vectors = new(1, new Partitions(16));

    public void Dispose() => _cache.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*2")]
    [InlineData("*2\r")]
    [InlineData("*2\r\n")]
    [InlineData("*2\r\n$3\r\nGET\r\n$1")]
    [InlineData("*2\r\n$3\r\nGET\r\n$5\r\nab")]
    [InlineData("*2\r\n$3\r\nGET\r\n$-1\r\n")]
    [InlineData("*-1\r\n")]
    [InlineData("*0\r\n*0\r\n")]
    [InlineData("*99999999999999999999\r\n$99999999999999999999\r\n")]
    [InlineData("*2\r\n$9999999\r\nGET\r\n$2147483647\r\nab\r\n")]
    [InlineData("PING\r\nSET a b\r\n")]
    [InlineData("*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n")]
    public void Preview_AnyBytes_NeitherFailsNorReadsBeyond(string received)
    {
        var preview = new RequestPreview(_cache, _vectors);
        byte[] bytes = Encoding.Latin1.GetBytes(received);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            preview.Add(bytes, 0, cut);
            preview.Add(bytes, cut, bytes.Length - cut);
            preview.Finish();
        }

        Assert.True(preview.HasRoom);
    }

    [Fact]
    public void Preview_ManyRequests_TakesOneTurnAtATime()
    {
        var preview = new RequestPreview(_cache, _vectors);
        var requests = new StringBuilder();
        for (int i = 0; i < RecordPrefetcher.KeysMax * 2; i++)
            requests.Append(System.Globalization.CultureInfo.InvariantCulture, $"*3\r\n$3\r\nSET\r\n$5\r\n{i:00000}\r\n$1\r\nv\r\n");
        byte[] bytes = Encoding.Latin1.GetBytes(requests.ToString());
        preview.Add(bytes, 0, bytes.Length);
        Assert.False(preview.HasRoom);
        preview.Finish();
        Assert.True(preview.HasRoom);
    }

    [Theory]
    [InlineData("ZADD", "zset", "7", "member")]
    [InlineData("ZADD", "zset", "nan", "member")]
    [InlineData("ZADD", "zset", "NX", "7", "member")]
    [InlineData("ZADD", "zset", "7", "absent")]
    [InlineData("ZINCRBY", "zset", "7", "member")]
    [InlineData("ZADD", "zset")]
    [InlineData("HSET", "hash", "field", "v")]
    [InlineData("HSET", "zset", "field", "v")]
    [InlineData("HGET", "string", "field")]
    [InlineData("SADD", "absent", "field")]
    public async Task Preview_OfElements_ChangesNothingAndHoldsNothing(params string[] words)
    {
        ArgumentNullException.ThrowIfNull(words);
        await using var fixture = new EngineFixture();
        fixture.Open();
        RecordCache cache = fixture.Engine.Cache;
        fixture.Run("zset", view => view.WriteScore("member"u8, 3));
        fixture.Run("hash", view => view.Write(ElementType.Hash, "field"u8, "v"u8));
        fixture.Run("string", view => view.Set("v"u8));
        byte[] request = Encoding.Latin1.GetBytes($"*{words.Length}\r\n" + string.Concat(words.Select(word => $"${word.Length}\r\n{word}\r\n")));
        var preview = new RequestPreview(fixture.Engine.Cache, fixture.Engine.Vectors);
        for (int i = 0; i < 3; i++)
        {
            while (preview.HasRoom)
                preview.Add(request, 0, request.Length);
            preview.Finish();
        }

        for (int i = 0; i < RecordCache.StripeCount; i++)
        {
            Assert.True(SpinWait.SpinUntil(cache[i].TryEnter, TimeSpan.FromSeconds(10)));
            cache[i].Exit();
        }

        double score = 0;
        fixture.Run("zset", view => Assert.True(view.TryGetScore("member"u8, out score)));
        Assert.Equal(3, score);
        fixture.Run("absent", view => Assert.False(view.Exists));
    }

    [Fact]
    public async Task Preview_WhileAnotherHoldsTheStripe_GoesOnWithoutIt()
    {
        await using var fixture = new EngineFixture();
        fixture.Open();
        fixture.Run("hash", view => view.Write(ElementType.Hash, "field"u8, "v"u8));
        byte[] request = "*3\r\n$4\r\nHGET\r\n$4\r\nhash\r\n$5\r\nfield\r\n"u8.ToArray();
        var preview = new RequestPreview(fixture.Engine.Cache, fixture.Engine.Vectors);
        Stripe stripe = fixture.Engine.Cache.OfSlot(Slots.Of("hash"u8));
        stripe.Enter();
        preview.Add(request, 0, request.Length);
        preview.Finish();
        Assert.True(preview.HasRoom);
        Assert.False(stripe.TryEnter());
        stripe.Exit();
    }

    [Fact]
    public async Task Prefetch_WhileTheTableGrowsAndShrinks_ReadsNothingThatFaults()
    {
        // The prefetcher takes no lock: what it reads may be freed under it, and only has to stay readable.
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            var prefetcher = new RecordPrefetcher(_cache);
            var random = new Random(5);
            Span<byte> key = stackalloc byte[8];
            while (!stop.IsCancellationRequested)
            {
                while (prefetcher.HasRoom)
                {
                    BitConverter.TryWriteBytes(key, (long)random.Next(20_000));
                    prefetcher.Add(0, 0, key);
                }

                prefetcher.Finish();
            }
        });
        var record = new MultiCloudKv.Merge.Records.RecordKeyBuffer();
        byte[] value = new byte[100];
        for (int round = 0; round < 5; round++)
        {
            for (long i = 0; i < 40_000; i++)
            {
                Stripe stripe = _cache[0];
                stripe.Enter();
                record.Set(0, 0, BitConverter.GetBytes(i % 20_000));
                if (i < 20_000)
                    stripe.Store.Put(record.Meta(), value);
                else
                    stripe.Store.Delete(record.Meta());
                stripe.Exit();
            }
        }

        await stop.CancelAsync();
        await reader;
        Assert.Equal(0, _cache.Statistics().Records);
    }
}
