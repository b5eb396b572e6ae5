using System.CommandLine;

namespace MultiCloudKv.Cli.Verbs;

/// <summary>Options that mean the same on every verb that has them.</summary>
internal static class CommonOptions
{
    public static Option<string> Data() => new("--data")
    {
        Description = "Directory of the system that is meant",
        HelpName = "DIR",
        DefaultValueFactory = _ => "./mckv-data",
    };

    public static Option<bool> Json() => new("--json") { Description = "Report as JSON on standard output" };

    public static Option<string?> PasswordFile() => new("--password-file")
    {
        Description = "File whose first line is the password of every port; default: what the system was started with",
        HelpName = "F",
    };
}
