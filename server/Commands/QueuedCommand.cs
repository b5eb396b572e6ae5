using MultiCloudKv.Resp;
using MultiCloudKv.Resp.Catalogue;

namespace MultiCloudKv.Server.Commands;

/// <summary>A command that MULTI has put aside, with its own copy of the arguments.</summary>
internal readonly record struct QueuedCommand(CommandRow Row, CommandHandler Handler, ArgumentList Args);
