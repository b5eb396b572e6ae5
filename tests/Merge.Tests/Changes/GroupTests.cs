using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Changes;
using MultiCloudKv.Merge.State;
using MultiCloudKv.Merge.Tests.Support;

namespace MultiCloudKv.Merge.Tests.Changes;

public sealed class GroupTests
{
    [Fact]
    public void Group_OfSet_HasItsGoldenBytes()
    {
        var region = new Region(1, [2]);
        region.Vectors.SetApplied(Slots.Of("k"u8), 2, 5);
        Change change = region.Write("k", k => k.Set("v"u8))!;
        Assert.Equal(
            "CD1D" + "0000000000000000" + "0000000000000000" + "010205" + "08000000" + "01" + "00" + "016B" + "00" + "0176" + "00",
            Convert.ToHexString(change.Groups));
    }

    [Fact]
    public void Ops_OfEveryKind_HaveTheirGoldenBytes()
    {
        var region = new Region(1, [2]);
        Assert.Equal("0800016B00" + "0200016B02016600017600", Ops(region.Write("k", k => k.Write(ElementType.Hash, "f"u8, "v"u8))));
        Assert.Equal("0500016B020167" + "0000000000000000" + "0004", Ops(region.Write("k", k => k.Increment(ElementType.Hash, "g"u8, Number.Of(2)))));
        Assert.Equal("0300016B02016600", Ops(region.Write("k", k => k.Remove("f"u8))));
        Assert.Equal("0600016BD00F", Ops(region.Write("k", k => k.Expire(2000))));
        Assert.Equal("0400016B00", Ops(region.Write("k", k => k.RemoveKey())));
        Assert.Equal("07000000", Ops(region.Commit(t => t.ClearSlot(Slots.Of("k"u8)))));
    }

    [Fact]
    public void Opcodes_AreStable() => Assert.Equal(
        ["None=0", "Set=1", "Write=2", "Remove=3", "RemoveKey=4", "Increment=5", "Expire=6", "ClearSlot=7", "Create=8"],
        Enum.GetValues<Opcode>().Select(o => $"{o}={(int)o}"));

    [Fact]
    public void Floors_OfForeignIncrements_ShipWithTheOverwrite()
    {
        var east = new Region(1, [2]);
        var west = new Region(2, [1]);
        west.Apply(east.Write("k", k => k.Increment(Number.Of(7))));
        Change set = west.Write("k", k => k.Set("v"u8))!;
        Assert.Equal("0100016B000176" + "01" + "0100" + "01" + "01" + "000E", Ops(set));
    }

    [Fact]
    public void PatchSequence_InPlace_ChangesNothingElse()
    {
        var region = new Region(1, [2]);
        Change change = region.Write("k", k => k.Set("v"u8))!;
        byte[] patched = [.. change.Groups];
        ChangeGroup.PatchSequence(patched, 0, 0x0102030405060708);
        var reader = new GroupReader(patched);
        Assert.True(reader.MoveNext());
        Assert.Equal(0x0102030405060708u, reader.Current.Sequence);
        ChangeGroup.PatchSequence(patched, 0, 0);
        Assert.Equal(change.Groups, patched);
    }

    [Fact]
    public void Groups_OfSeveralSlots_AscendAndWalk()
    {
        var region = new Region(1, [2]);
        Change change = region.Commit(t =>
        {
            foreach (string key in new[] { "a", "b", "c", "d" })
                t.Open(Region.Bytes(key)).Set("v"u8);
        })!;
        var slots = new List<int>();
        var reader = new GroupReader(change.Groups);
        int length = 0;
        while (reader.MoveNext())
        {
            slots.Add(reader.Current.Slot);
            length += reader.Current.Bytes.Length;
        }

        Assert.Equal(4, slots.Count);
        Assert.Equal(slots.Order(), slots);
        Assert.Equal(change.Groups.Length, length);
    }

    [Fact]
    public void Validate_OfTornOrFlippedBytes_NeverThrows()
    {
        var east = new Region(1, [2]);
        var west = new Region(2, [1]);
        west.Apply(east.Write("k", k => k.Increment(ElementType.Hash, "f"u8, Number.Of(1.5m))));
        west.Apply(east.Write("k", k => k.Write(ElementType.Hash, "g"u8, "v"u8)));
        byte[] groups = west.Commit(t => t.ClearSlot(Slots.Of("k"u8)))!.Groups;
        Assert.True(IsWellFormed(groups));
        for (int length = 1; length < groups.Length; length++)
            Assert.False(IsWellFormed(groups.AsSpan(0, length)));
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++)
        {
            byte[] bent = [.. groups];
            bent[random.Next(bent.Length)] ^= (byte)(1 << random.Next(8));
            _ = IsWellFormed(bent);
        }
    }

    /// <summary>Whether these are whole groups of well-formed operations, as a node asks before it logs what came from elsewhere.</summary>
    private static bool IsWellFormed(ReadOnlySpan<byte> groups)
    {
        var reader = new GroupReader(groups);
        while (reader.MoveNext())
        {
            if (!OpReader.Validate(reader.Current.Ops))
                return false;
        }

        return !reader.Failed;
    }

    private static string Ops(Change? change)
    {
        var reader = new GroupReader(change!.Groups);
        Assert.True(reader.MoveNext());
        return Convert.ToHexString(reader.Current.Ops);
    }
}
