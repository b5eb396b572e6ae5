using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Configuration;
using MultiCloudKv.Server;
using MultiCloudKv.Server.Network;

InlineSockets.Enable();
PoolWorkers.Fit();
bool forceWritable = args.Length == 3 && args[2] == "--force-writable";
if (args.Length < 2 || args[0] != "--config" || (args.Length > 2 && !forceWritable))
{
    Console.Error.WriteLine("usage: MultiCloudKv.Server --config FILE [--force-writable]");
    return ExitCodes.Usage;
}

try
{
    return await RunAsync(NodeConfigLoader.Load(args[1]), forceWritable);
}
catch (EnvironmentException e)
{
    Say($"server: {e.Message}");
    return e.ExitCode;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
{
    Say($"server: {e.Message}");
    return ExitCodes.Environment;
}
catch (Exception e)
{
    Say($"server: a bug: {e}");
    return ExitCodes.Bug;
}

// The log may be on the disk that is full: the exit code is still said.
static void Say(string line)
{
    try
    {
        Console.Error.WriteLine(line);
    }
    catch (IOException)
    {
    }
}

static async Task<int> RunAsync(NodeConfig config, bool forceWritable)
{
    using ILoggerFactory loggers = LoggerFactory.Create(l => l
        .SetMinimumLevel(LogLevel.Information)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.UseUtcTimestamp = true;
            o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        }));
    await using var host = new ServerHost(config, forceWritable, loggers);
    using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    int exitCode = await host.RunAsync();
    if (host.Failure is not null)
        Say($"server: {host.Failure}");
    return exitCode;

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        host.RequestShutdown(context.Signal.ToString());
    }
}
