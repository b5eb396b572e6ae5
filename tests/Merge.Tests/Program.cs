using MultiCloudKv.Merge.Tests.Simulation;

namespace MultiCloudKv.Merge.Tests;

/// <summary>Entry point of the test executable: <c>simulate …</c> runs histories, anything else runs the tests.</summary>
internal static class Program
{
    public static int Main(string[] arguments) =>
        arguments is ["simulate", ..]
            ? SimulateCommand.Run(arguments[1..])
            : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(arguments).GetAwaiter().GetResult();
}
