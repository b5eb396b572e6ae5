using System.CommandLine;
using System.CommandLine.Help;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Cli.Verbs;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli;

/// <summary>
/// Entry of <c>mckv</c>: one verb per file in Verbs/. What an operator can mend ends as one line on standard error and
/// an exit code of <see cref="ExitCodes"/>; a stack trace means a bug.
/// </summary>
internal static class Program
{
    /// <summary>How long a verb may take to stop what it started, after a first Ctrl-C.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(3);

    public static async Task<int> Main(string[] arguments)
    {
        Command root = new("mckv", "MultiCloudKv: a multi-region, active-active, Redis-compatible store. Exit codes: 0 ok, 1 a check failed, 2 usage, 3 missing dependency, 4 environment, 5 data at risk, 6 fenced, 70 bug.");
        root.Options.Add(new HelpOption());
        root.Options.Add(new VersionOption());
        foreach (Command verb in VerbList.All())
            root.Subcommands.Add(verb);

        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
                Say.Error(error.Message);
            Say.Error("mckv --help lists the verbs, mckv VERB --help their options");
            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopLimit }).ConfigureAwait(false);
        }
        catch (EnvironmentException environment)
        {
            Say.Error(environment.Message);
            return environment.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Failed;
        }
        catch (Exception bug)
        {
            Say.Error($"a bug in mckv: {bug}");
            return ExitCodes.Bug;
        }
    }
}
