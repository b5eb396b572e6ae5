using System.Text;
using static MultiCloudKv.RocksDb.Tests.TempDatabase;

namespace MultiCloudKv.RocksDb.Tests;

public class IteratorTests
{
    [Fact]
    public void Moves_WithinBounds_ShowTheKeysBetween()
    {
        using var temp = new TempDatabase();
        foreach (char c in "abcdefgh")
            temp.Db.Put([(byte)c], Bytes("v" + c));
        using ReadOptions options = new ReadOptions().SetIterateLowerBound(Bytes("b")).SetIterateUpperBound(Bytes("g"));
        using Iterator it = temp.Db.NewIterator(options);
        options.Dispose();
        Assert.Equal("bcdef", Forward(it));
        var back = new StringBuilder();
        for (bool at = it.SeekToLast(); at; at = it.Prev())
            back.Append((char)it.Key[0]);
        Assert.Equal("fedcb", back.ToString());
        Assert.True(it.Seek(Bytes("cc")));
        Assert.Equal("vd"u8.ToArray(), it.Value.ToArray());
        Assert.True(it.SeekForPrev(Bytes("cc")));
        Assert.Equal("vc"u8.ToArray(), it.Value.ToArray());
        Assert.False(it.Seek(Bytes("z")));
        it.ThrowIfFailed();
    }

    [Fact]
    public void Snapshot_DuringLaterWrites_ShowsTheOldState()
    {
        using var temp = new TempDatabase();
        temp.Db.Put(Bytes("a"), Bytes("1"));
        using Snapshot snapshot = temp.Db.CreateSnapshot();
        using ReadOptions options = new ReadOptions().SetSnapshot(snapshot);
        temp.Db.Put(Bytes("a"), Bytes("2"));
        temp.Db.Put(Bytes("b"), Bytes("2"));
        Assert.Equal("1"u8.ToArray(), temp.Db.Get(Bytes("a"), options));
        using Iterator it = temp.Db.NewIterator(options);
        Assert.Equal("a", Forward(it));
    }

    [Fact]
    public void Iterator_OutlivingItsDatabase_KeepsItOpen()
    {
        using var temp = new TempDatabase();
        temp.Db.Put(Bytes("a"), Bytes("1"));
        Iterator it = temp.Db.NewIterator();
        temp.Db.Dispose();
        Assert.Equal("a", Forward(it));
        it.Dispose();
        temp.Reopen();
        Assert.Equal("1", temp.Text("a"));
    }

    private static string Forward(Iterator it)
    {
        var seen = new StringBuilder();
        for (bool at = it.SeekToFirst(); at; at = it.Next())
            seen.Append((char)it.Key[0]);
        return seen.ToString();
    }
}
