using System.Diagnostics;

namespace MultiCloudKv.Integration.Tests.Harness;

/// <summary>Short programs of the machine: mount, losetup, ip.</summary>
internal static class Command
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static CommandOutput Run(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(Needs.Find(program) ?? program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill();
            throw new TimeoutException($"{program} did not end within {Limit.TotalSeconds:0} s");
        }

        return new CommandOutput(process.ExitCode, (output.Result + error.Result).Trim());
    }

    /// <summary>Runs it and demands success.</summary>
    public static string Must(string program, params IEnumerable<string> arguments)
    {
        CommandOutput output = Run(program, arguments);
        Assert.True(output.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {output.Text}");
        return output.Text;
    }
}
