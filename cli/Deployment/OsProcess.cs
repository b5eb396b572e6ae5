using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Deployment;

/// <summary>
/// Starts, recognises and signals processes. A started one is the leader of a session of its own: a Ctrl-C in the
/// terminal reaches mckv alone, which then stops everything in order.
/// </summary>
internal static class OsProcess
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Starts a program with its output appended to a log, or shared with this process where that is null.</summary>
    public static ProcessState Start(string executable, IReadOnlyList<string> arguments, string? log, IReadOnlyDictionary<string, string>? settings = null)
    {
        if (!File.Exists(executable))
            throw new EnvironmentException($"{executable} is not built", ExitCodes.MissingDependency);
        ProcessStartInfo start = new("/bin/sh") { UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(log is null ? "shift; exec setsid \"$@\" </dev/null" : "log=$1; shift; exec setsid \"$@\" >>\"$log\" 2>&1 </dev/null");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(log ?? string.Empty);
        start.ArgumentList.Add(executable);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["DOTNET_ROOT"] = RuntimeRoot();
        foreach ((string name, string value) in settings ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        Process process = Process.Start(start) ?? throw new EnvironmentException($"{executable} could not be started");
        return Identify(process.Id) ?? new ProcessState(process.Id, -1, BootId());
    }

    public static bool IsAlive(ProcessState? process) => process is not null && Identify(process.Pid) == process;

    /// <summary>Signals the process if it is still the one meant; false when it is gone.</summary>
    public static bool Signal(ProcessState? process, int signal) => IsAlive(process) && SendSignal(process!.Pid, signal) == 0;

    /// <summary>Waits until the process is gone; false at the deadline.</summary>
    public static async Task<bool> WaitGoneAsync(ProcessState process, TimeSpan limit, CancellationToken stop)
    {
        long begun = Stopwatch.GetTimestamp();
        while (IsAlive(process))
        {
            if (Stopwatch.GetElapsedTime(begun) > limit)
                return false;
            await Task.Delay(PollInterval, stop).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>User and system time a living process has used, or null.</summary>
    public static double? CpuSeconds(ProcessState? process)
    {
        string[]? fields = process is null ? null : StatFields(process.Pid);
        return fields is null ? null : (Parse(fields[11]) + Parse(fields[12])) / 100.0;
    }

    /// <summary>Memory a living process holds, or null.</summary>
    public static long? ResidentBytes(ProcessState? process)
    {
        string[]? fields = process is null ? null : StatFields(process.Pid);
        return fields is null ? null : Parse(fields[21]) * System.Environment.SystemPageSize;
    }

    private static ProcessState? Identify(int pid)
    {
        string[]? fields = StatFields(pid);
        return fields is null || fields[0] is "Z" or "X" ? null : new ProcessState(pid, Parse(fields[19]), BootId());
    }

    /// <summary>Fields of /proc/PID/stat from the third (state) on: the second holds the name, in parentheses, with anything in it.</summary>
    private static string[]? StatFields(int pid)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string BootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    private static string RuntimeRoot() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    private static long Parse(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int pid, int signal);
}
