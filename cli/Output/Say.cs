namespace MultiCloudKv.Cli.Output;

/// <summary>Lines for people. Reports go to standard output, everything else to standard error, so that --json stays clean.</summary>
internal static class Say
{
    public static void Line(string text) => Console.Out.WriteLine(text);

    public static void Progress(string text) => Console.Error.WriteLine(text);

    public static void Error(string text) => Console.Error.WriteLine("mckv: " + text);
}
