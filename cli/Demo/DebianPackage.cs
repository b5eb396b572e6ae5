namespace MultiCloudKv.Cli.Demo;

/// <summary>One installed package, as the package database has it.</summary>
internal sealed record DebianPackage(string Name, IReadOnlyDictionary<string, string> Fields, IReadOnlyList<string> Dependencies, long InstalledKiB);
