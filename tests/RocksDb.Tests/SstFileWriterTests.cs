using static MultiCloudKv.RocksDb.Tests.TempDatabase;

namespace MultiCloudKv.RocksDb.Tests;

public class SstFileWriterTests
{
    [Fact]
    public void IngestExternalFiles_WithOverlappingFiles_LaterFileIsNewer()
    {
        using var temp = new TempDatabase();
        temp.Db.Put(Bytes("a"), Bytes("old"));
        temp.Db.Put(Bytes("b"), Bytes("old"));
        string first = temp.NewFile("1.sst", ("a", "1"), ("b", null), ("c", "1"));
        string second = temp.NewFile("2.sst", ("c", "2"), ("d", "2"));
        temp.Db.IngestExternalFiles([first, second]);
        Assert.False(File.Exists(first));
        temp.Reopen();
        Assert.Equal("1", temp.Text("a"));
        Assert.Null(temp.Text("b"));
        Assert.Equal("2", temp.Text("c"));
        Assert.Equal("2", temp.Text("d"));
    }

    [Fact]
    public void DeleteRange_InAFileBeforeOneWithNewPoints_HidesTheOldOnly()
    {
        using var temp = new TempDatabase();
        foreach (char c in "abcd")
            temp.Db.Put([(byte)c], Bytes("old"));
        string range = Path.Combine(temp.Directory, "range.sst");
        using (var writer = new SstFileWriter(temp.FamilyOptions))
        {
            writer.Open(range);
            writer.DeleteRange(Bytes("a"), Bytes("d"));
            writer.Finish();
            Assert.True(writer.FileSize > 0);
        }

        string points = temp.NewFile("points.sst", ("b", "new"));
        temp.Db.IngestExternalFiles([range, points]);
        Assert.Null(temp.Text("a"));
        Assert.Equal("new", temp.Text("b"));
        Assert.Null(temp.Text("c"));
        Assert.Equal("old", temp.Text("d"));
    }

    [Fact]
    public void DeleteRange_InTheFileOfItsPoints_LosesToThem()
    {
        using var temp = new TempDatabase();
        foreach (char c in "abc")
            temp.Db.Put([(byte)c], Bytes("old"));
        string file = Path.Combine(temp.Directory, "both.sst");
        using (var writer = new SstFileWriter(temp.FamilyOptions))
        {
            writer.Open(file);
            writer.DeleteRange(Bytes("a"), Bytes("d"));
            writer.Put(Bytes("b"), Bytes("new"));
            writer.Finish();
        }

        temp.Db.IngestExternalFiles([file]);
        Assert.Null(temp.Text("a"));
        Assert.Equal("new", temp.Text("b"));
        Assert.Null(temp.Text("c"));
    }

    [Fact]
    public void Put_OutOfOrder_IsRefused()
    {
        using var temp = new TempDatabase();
        using var writer = new SstFileWriter(temp.FamilyOptions);
        writer.Open(Path.Combine(temp.Directory, "x.sst"));
        writer.Put(Bytes("b"), Bytes("1"));
        Assert.Throws<RocksDbException>(() => writer.Put(Bytes("a"), Bytes("1")));
    }
}
