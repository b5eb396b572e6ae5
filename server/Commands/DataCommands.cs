using MultiCloudKv.Server.Keyspace;

namespace MultiCloudKv.Server.Commands;

/// <summary>The handlers of all commands that work on keys.</summary>
internal static class DataCommands
{
    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers
    {
        get
        {
            var positions = new ScanPositions();
            return
            [
                .. StringCommands.Handlers,
                .. StringRangeCommands.Handlers,
                .. CounterCommands.Handlers,
                .. LcsCommand.Handlers,
                .. KeyCommands.Handlers,
                .. CopyCommands.Handlers,
                .. ExpireCommands.Handlers,
                .. ObjectCommands.Handlers,
                .. MemoryCommands.Handlers,
                .. new KeyspaceCommands(positions).Handlers,
                .. new ElementScanCommands(positions).Handlers,
                .. HashCommands.Handlers,
                .. HashCounterCommands.Handlers,
                .. SetCommands.Handlers,
                .. SortedSetCommands.Handlers,
                .. SortedSetRangeCommands.Handlers,
                .. SortedSetRemovalCommands.Handlers,
                .. RandomElementCommands.Handlers,
            ];
        }
    }
}
