using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MultiCloudKv.Cli.Output;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Bench;

/// <summary>Runs the load generator as a process of its own and reads its one JSON document.</summary>
internal static class LoadProcess
{
    public static Task<LoadResult> RunAsync(int port, string mix, int pipeline, double seconds, CancellationToken stop, params IReadOnlyList<string> more) =>
        ReadAsync<LoadResult>(["run", "--port", Text(port), "--mix", mix, "--pipeline", Text(pipeline), "--seconds", Text(seconds), .. more], stop);

    /// <summary>The same load on two servers in turn, in slices of a quarter of a second, until each had <paramref name="seconds"/> of it; results in order.</summary>
    public static Task<LoadResult[]> InTurnAsync(int first, int second, string mix, int pipeline, double seconds, CancellationToken stop, params IReadOnlyList<string> more) => ReadAsync<LoadResult[]>(
        ["run", "--port", Text(first), "--versus", Text(second), "--mix", mix, "--pipeline", Text(pipeline), "--seconds", Text(seconds), "--slice", "0.25", "--warmup", "0.05", .. more], stop);

    public static Task<LoadResult> FillAsync(int port, string mix, long keys, CancellationToken stop) =>
        ReadAsync<LoadResult>(["run", "--port", Text(port), "--mix", mix, "--pipeline", "32", "--fill", "--keys", Text(keys)], stop);

    /// <summary>Each server writes probe keys of its own: two directions measured at once must not overwrite each other's numbers.</summary>
    public static Task<LagResult> LagAsync(int fromPort, int toPort, double seconds, double probesPerSecond, CancellationToken stop, params IReadOnlyList<string> more) => ReadAsync<LagResult>(
        ["lag", "--from-port", Text(fromPort), "--to-port", Text(toPort), "--seconds", Text(seconds), "--probes-per-second", Text(probesPerSecond), "--prefix", "lag-probe:" + Text(fromPort), .. more], stop);

    private static async Task<T> ReadAsync<T>(IReadOnlyList<string> arguments, CancellationToken stop)
    {
        ProcessStartInfo start = new(SourceTree.Executable("Load")) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start) ?? throw new EnvironmentException("the load generator could not be started");
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(stop), error = process.StandardError.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop).ConfigureAwait(false);
            if (process.ExitCode != 0)
                throw new EnvironmentException($"load {string.Join(' ', arguments)}: {(await error.ConfigureAwait(false)).Trim()}", ExitCodes.Failed);
            return JsonSerializer.Deserialize<T>(await output.ConfigureAwait(false), JsonOut.Options)!;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>As the generator's arguments are written.</summary>
    public static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
