using System.Text;
using MultiCloudKv.Resp.Catalogue;

namespace MultiCloudKv.Resp.Tests;

public sealed class CommandCatalogueTests
{
    [Fact]
    public void Find_EveryRowInAnyCase_FindsIt()
    {
        foreach (CommandRow row in CommandCatalogue.Commands)
        {
            Assert.Same(row, CommandCatalogue.Find(row.NameBytes));
            Assert.Same(row, CommandCatalogue.Find(Encoding.ASCII.GetBytes(row.Name.ToUpperInvariant())));
            Assert.Null(CommandCatalogue.Find(Encoding.ASCII.GetBytes(row.Name + "x")));
        }

        Assert.Null(CommandCatalogue.Find(""u8));
        Assert.Null(CommandCatalogue.Find(new byte[100_000]));
        Assert.Null(CommandCatalogue.Find("\0\0\0"u8));
    }

    [Fact]
    public void Rows_AllOfThem_AreConsistent()
    {
        Assert.Equal(CommandCatalogue.All.Count, CommandCatalogue.All.Select(row => row.Name).Distinct().Count());
        for (int i = 0; i < CommandCatalogue.All.Count; i++)
        {
            CommandRow row = CommandCatalogue.All[i];
            Assert.Equal(i, row.Id);
            Assert.Equal(row.Name.ToLowerInvariant(), row.Name);
            Assert.NotEqual(0, row.Arity);
            Assert.NotEmpty(row.Summary);
            Assert.False(row.Is(CommandFlags.Write) && row.Is(CommandFlags.ReadOnly), row.Name);
            foreach (CommandRow sub in row.Subcommands)
                Assert.StartsWith(row.Name + "|", sub.Name, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("get k", 1, 1, 1)]
    [InlineData("mset a 1 b 2", 1, 4, 2)]
    [InlineData("del a b c", 1, 3, 1)]
    [InlineData("rename a b", 1, 2, 1)]
    public void Keys_OfACall_StandWhereTheRowSays(string line, int first, int last, int step)
    {
        var parser = new RequestParser();
        byte[] bytes = Encoding.ASCII.GetBytes(line + "\n");
        parser.Parse(bytes, 0, bytes.Length, RequestLimits.Default, true, out _);
        KeySpec keys = CommandCatalogue.Find(parser.Arguments[0])!.Keys;
        Assert.True(keys.TryResolve(parser.Arguments, out int f, out int l, out int s));
        Assert.Equal((first, last, step), (f, l, s));
    }

    [Theory]
    [InlineData("2 a b x", true)]
    [InlineData("3 a b", false)]
    [InlineData("0 a", false)]
    [InlineData("x a", false)]
    public void CountedKeys_OfACall_MustBeThere(string line, bool expected)
    {
        var parser = new RequestParser();
        byte[] bytes = Encoding.ASCII.GetBytes("zunion " + line + "\n");
        parser.Parse(bytes, 0, bytes.Length, RequestLimits.Default, true, out _);
        Assert.Equal(expected, new KeySpec(0, 0, 0, CountAt: 1).TryResolve(parser.Arguments, out int first, out int last, out _));
        if (expected)
            Assert.Equal((2, 3), (first, last));
    }
}
