namespace MultiCloudKv.Server.Commands;

/// <summary>One setting of CONFIG GET and CONFIG SET, by its name in Redis where it has one.</summary>
/// <param name="Set">Takes a value, or says why not; null where the node's file alone decides.</param>
internal sealed record ConfigOption(string Name, Func<CommandServices, string> Get, Func<CommandServices, string, string?>? Set = null);
