namespace MultiCloudKv.Server.Commands;

/// <summary>
/// Runs one command: reads through the context, writes its reply and its changes there, returns. It never awaits, keeps
/// no span afterwards, and may be stopped at any read and run again from its beginning (see <see cref="CommandContext"/>).
/// A handler that answers an error has changed nothing.
/// </summary>
internal delegate void CommandHandler(CommandContext ctx);
