namespace MultiCloudKv.Cli.Testing;

/// <summary>One test that failed, or a test program that didn't come to its end.</summary>
internal sealed record TestFailure(string Project, string Test, string Message);
