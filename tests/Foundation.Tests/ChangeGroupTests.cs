namespace MultiCloudKv.Foundation.Tests;

public class ChangeGroupTests
{
    [Fact]
    public void TryRead_OfTwoWrittenGroups_YieldsBothAndEndsAtTheEnd()
    {
        var context = new StampVector { [1] = 500, [2] = 7 };
        var to = new ByteWriter();
        int first = ChangeGroup.Write(to, 12, 0, 41, context, 1, [1, 2, 3]);
        int second = ChangeGroup.Write(to, 16383, 0, 0, new StampVector(), 1, []);
        ChangeGroup.PatchSequence(to.Patch(0, to.Length), first, 900);
        ChangeGroup.PatchSequence(to.Patch(0, to.Length), second, ulong.MaxValue);

        var reader = new ByteReader(to.Written);
        Assert.True(ChangeGroup.TryRead(ref reader, out ChangeGroup a));
        Assert.Equal(12, a.Slot);
        Assert.Equal(900UL, a.Sequence);
        Assert.Equal(41UL, a.Previous);
        Assert.Equal([1, 2, 3], a.Ops.ToArray());
        Assert.Equal(second - first, a.Bytes.Length);
        var read = new StampVector();
        a.ReadContext(read);
        Assert.Equal(new StampVector { [2] = 7 }, read);
        Assert.True(ChangeGroup.TryRead(ref reader, out ChangeGroup b));
        Assert.Equal(16383, b.Slot);
        Assert.Equal(ulong.MaxValue, b.Sequence);
        Assert.True(b.Ops.IsEmpty);
        Assert.True(reader.AtEnd);
    }

    [Fact]
    public void TryRead_OfEveryShorterPrefix_Fails()
    {
        var to = new ByteWriter();
        ChangeGroup.Write(to, 3, 1, 2, new StampVector { [9] = 1UL << 40 }, 1, [5, 6]);
        for (int length = 0; length < to.Length; length++)
        {
            var reader = new ByteReader(to.Written[..length]);
            Assert.False(ChangeGroup.TryRead(ref reader, out _));
            Assert.True(reader.Failed);
        }
    }
}
