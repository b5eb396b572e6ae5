namespace MultiCloudKv.Integration.Tests.Harness;

/// <summary>What a program printed, both streams, and how it ended.</summary>
internal sealed record CommandOutput(int ExitCode, string Text);
