using static MultiCloudKv.RocksDb.Tests.TempDatabase;

namespace MultiCloudKv.RocksDb.Tests;

public class RocksDatabaseTests
{
    [Fact]
    public void TryGet_OfWhatWasPut_LendsItWithoutACopy()
    {
        using var temp = new TempDatabase();
        temp.Db.Put(Bytes("k"), Bytes("value"));
        Assert.Equal(ReadResult.Found, temp.Db.TryGet(Bytes("k"), out PinnedSlice value));
        using (value)
            Assert.Equal("value"u8.ToArray(), value.Span.ToArray());
        Assert.Equal(ReadResult.NotFound, temp.Db.TryGet(Bytes("other"), out PinnedSlice none));
        none.Dispose();
        temp.Db.Put(Bytes("empty"), []);
        Assert.Empty(temp.Db.Get(Bytes("empty"))!);
        temp.Db.Delete(Bytes("k"));
        Assert.Null(temp.Db.Get(Bytes("k")));
    }

    [Fact]
    public void Write_WithWalOffAndFlushed_SurvivesReopening()
    {
        using var temp = new TempDatabase(atomicFlush: true);
        using var batch = new WriteBatch();
        using WriteOptions noWal = new WriteOptions().DisableWal();
        for (char c = 'a'; c <= 'f'; c++)
            batch.Put(temp.Db.DefaultFamily, [(byte)c], Bytes("v" + c));
        batch.Delete(temp.Db.DefaultFamily, Bytes("a"));
        batch.DeleteRange(temp.Db.DefaultFamily, Bytes("c"), Bytes("e"));
        Assert.Equal(8, batch.Count);
        Assert.True(batch.ByteCount > 30);
        temp.Db.Write(batch, noWal);
        batch.Clear();
        Assert.Equal(0, batch.Count);
        temp.Db.Flush();
        temp.Reopen();
        Assert.Null(temp.Text("a"));
        Assert.Equal("vb", temp.Text("b"));
        Assert.Null(temp.Text("c"));
        Assert.Null(temp.Text("d"));
        Assert.Equal("ve", temp.Text("e"));
    }

    [Fact]
    public void TryGet_LimitedToMemory_SaysIncompleteUntilTheBlockIsLoaded()
    {
        using Cache cache = Cache.CreateLru(8 << 20);
        using BlockBasedTableOptions table = new BlockBasedTableOptions().SetBlockCache(cache).SetBloomFilter(10).SetCacheIndexAndFilterBlocks().SetFormatVersion(5);
        using var temp = new TempDatabase(new ColumnFamilyOptions().SetBlockBasedTableFactory(table).SetCompression(Compression.Lz4));
        for (int i = 0; i < 1000; i++)
            temp.Db.Put(Bytes($"key{i:d5}"), new byte[100]);
        temp.Db.Flush();
        temp.Reopen();
        cache.SetCapacity(0);
        cache.SetCapacity(8 << 20);
        using ReadOptions memoryOnly = new ReadOptions().SetReadTier(ReadTier.BlockCache);
        Assert.Equal(ReadResult.Incomplete, temp.Db.TryGet(Bytes("key00500"), out PinnedSlice none, memoryOnly));
        none.Dispose();
        Assert.Equal(100, temp.Db.Get(Bytes("key00500"))!.Length);
        Assert.Equal(ReadResult.Found, temp.Db.TryGet(Bytes("key00500"), out PinnedSlice now, memoryOnly));
        now.Dispose();
        Assert.True(cache.UsageBytes > 0);

        using var many = new MultiGet();
        many.Add(Bytes("key00500"));
        many.Add(Bytes("key00999"));
        many.Execute(temp.Db, memoryOnly, sorted: true);
        Assert.Equal(ReadResult.Found, many.Result(0));
        Assert.Equal(ReadResult.Incomplete, many.Result(1));
        Assert.Equal(ReadResult.Incomplete, many.Result(1));
    }

    [Fact]
    public void MultiGet_UsedTwice_YieldsEachKeysOwnValue()
    {
        using var temp = new TempDatabase();
        for (int i = 0; i < 100; i += 2)
            temp.Db.Put(Bytes($"{i}"), Bytes($"v{i}"));
        using var many = new MultiGet();
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 100; i++)
                Assert.Equal(i, many.Add(Bytes($"{i}")));
            many.Execute(temp.Db);
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal(i % 2 == 0 ? ReadResult.Found : ReadResult.NotFound, many.Result(i));
                Assert.Equal(i % 2 == 0 ? Bytes($"v{i}") : [], many.Value(i).ToArray());
                Assert.Equal(Bytes($"{i}"), many.Key(i).ToArray());
            }

            many.Clear();
        }
    }

    [Fact]
    public void Open_OfADirectoryThatIsOpenAlready_FailsAsLocked()
    {
        using var temp = new TempDatabase();
        RocksDbException error = Assert.Throws<RocksDbException>(() => RocksDatabase.Open(temp.Options, temp.DataDirectory));
        Assert.Equal(RocksDbErrorKind.Locked, error.Kind);
    }

    [Fact]
    public void OpenReadOnly_BesideAWriter_ReadsAndRefusesToWrite()
    {
        using var temp = new TempDatabase();
        temp.Db.Put(Bytes("k"), Bytes("v"));
        temp.Db.Flush();
        using RocksDatabase reader = RocksDatabase.OpenReadOnly(temp.Options, temp.DataDirectory);
        Assert.Equal("v"u8.ToArray(), reader.Get(Bytes("k")));
        Assert.Throws<RocksDbException>(() => reader.Put(Bytes("k"), Bytes("w")));
    }

    [Fact]
    public void Open_OfACorruptManifest_FailsAsCorruption()
    {
        using var temp = new TempDatabase();
        temp.Db.Put(Bytes("k"), Bytes("v"));
        temp.Db.Flush();
        temp.Db.Dispose();
        string copy = Path.Combine(temp.Directory, "copy");
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.GetFiles(temp.DataDirectory))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        File.Delete(Directory.GetFiles(copy, "*.sst")[0]);
        RocksDbException error = Assert.Throws<RocksDbException>(() => RocksDatabase.Open(temp.Options, copy));
        Assert.Equal(RocksDbErrorKind.Corruption, error.Kind);
    }

    [Theory]
    [InlineData("IO error: No space left on device: While appending to file: /x", RocksDbErrorKind.NoSpace)]
    [InlineData("IO error: While fsync: /x: Input/output error", RocksDbErrorKind.IOError)]
    [InlineData("Corruption: block checksum mismatch", RocksDbErrorKind.Corruption)]
    [InlineData("Invalid argument: x", RocksDbErrorKind.InvalidArgument)]
    public void Kind_OfANativeMessage_IsRecognised(string message, RocksDbErrorKind kind) =>
        Assert.Equal(kind, new RocksDbException(message).Kind);

    [Fact]
    public void Property_AndStatistics_AreThere()
    {
        using var temp = new TempDatabase();
        temp.Db.Put(Bytes("k"), Bytes("v"));
        Assert.Equal(1, temp.Db.PropertyNumber("rocksdb.estimate-num-keys"));
        Assert.Contains("Level", temp.Db.Property("rocksdb.stats"), StringComparison.Ordinal);
        Assert.Null(temp.Db.Property("no.such"));
        Assert.Equal(-1, temp.Db.PropertyNumber("no.such"));
        Assert.Contains("rocksdb.number.keys.written COUNT : 1", temp.Options.StatisticsText(), StringComparison.Ordinal);
    }

    [Fact]
    public void BlobFiles_WithLargeValues_HoldThem()
    {
        using var limiter = new RateLimiter(64 << 20);
        using var temp = new TempDatabase(new ColumnFamilyOptions().SetEnableBlobFiles().SetMinBlobSize(1000).SetBlobCompression(Compression.Lz4)
            .SetCompressionPerLevel(Compression.None, Compression.Lz4, Compression.Lz4).SetBottommostCompression(Compression.Zstd));
        temp.Options.SetRateLimiter(limiter).SetMaxBackgroundJobs(2);
        temp.Reopen();
        byte[] value = new byte[5000];
        new Random(1).NextBytes(value);
        temp.Db.Put(Bytes("k"), value);
        temp.Db.Flush();
        temp.Db.CompactRange(bottommost: true);
        Assert.NotEmpty(Directory.GetFiles(temp.DataDirectory, "*.blob"));
        temp.Reopen();
        Assert.Equal(value, temp.Db.Get(Bytes("k")));
    }

    [Fact]
    public void Checkpoint_OfALiveDatabase_OpensWithItsState()
    {
        using var temp = new TempDatabase();
        temp.Db.Put(Bytes("k"), Bytes("v"));
        string copy = Path.Combine(temp.Directory, "checkpoint");
        using (Checkpoint checkpoint = temp.Db.CreateCheckpoint())
            checkpoint.Save(copy);
        temp.Db.Put(Bytes("k"), Bytes("w"));
        using RocksDatabase opened = RocksDatabase.OpenReadOnly(temp.Options, copy);
        Assert.Equal("v"u8.ToArray(), opened.Get(Bytes("k")));
    }

    [Fact]
    public void Families_OfOneDatabase_AreApart()
    {
        using var temp = new TempDatabase();
        temp.Db.Dispose();
        using var family = new ColumnFamilyOptions();
        temp.Options.SetCreateMissingColumnFamilies();
        using RocksDatabase db = RocksDatabase.Open(temp.Options, temp.DataDirectory, new ColumnFamilyDescriptor("other", family));
        db.Put(Bytes("k"), Bytes("1"));
        db.Put(Bytes("k"), Bytes("2"), family: db.Family("other"));
        Assert.Equal("1"u8.ToArray(), db.Get(Bytes("k")));
        Assert.Equal("2"u8.ToArray(), db.Get(Bytes("k"), family: db.Family("other")));
    }
}
