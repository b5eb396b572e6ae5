namespace MultiCloudKv.Server.Commands;

/// <summary>Why the process is to stop.</summary>
/// <param name="ExitCode">One of <see cref="MultiCloudKv.Foundation.ExitCodes"/>.</param>
internal sealed record ShutdownRequest(string Reason, int ExitCode = 0);
