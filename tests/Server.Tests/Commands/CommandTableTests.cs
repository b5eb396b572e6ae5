using MultiCloudKv.Foundation;
using MultiCloudKv.Resp.Catalogue;
using MultiCloudKv.Server.Commands;

namespace MultiCloudKv.Server.Tests.Commands;

public sealed class CommandTableTests
{
    [Fact]
    public void Build_AllCommands_RowsAndHandlersMatchOneToOne()
    {
        CommandTable table = CommandTable.Build();
        Assert.All(CommandCatalogue.All, row => Assert.True(table.Of(row) is not null || row.IsContainer, row.Name));
    }

    [Fact]
    public void New_HandlerMissingDoubleOrUnknown_SaysWhich()
    {
        var wrong = Assert.Throws<InvariantException>(() => new CommandTable([("get", Nothing), ("get", Nothing), ("nosuch", Nothing)]));
        Assert.Contains("two handlers: get", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("handler without a row: nosuch", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("row without a handler: set", wrong.Message, StringComparison.Ordinal);

        static void Nothing(CommandContext ctx)
        {
        }
    }
}
