using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc.Configuration;
using MultiCloudKv.Server;
using MultiCloudKv.Server.Network;

InlineSockets.Enable();
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
    Console.Error.WriteLine($"server: {e.Message}");
    return e.ExitCode;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"server: {e.Message}");
    return ExitCodes.Environment;
}
catch (InvariantException e)
{
    Console.Error.WriteLine($"server: {e}");
    return ExitCodes.Bug;
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
        await Console.Error.WriteLineAsync($"server: {host.Failure}");
    return exitCode;

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        host.RequestShutdown(context.Signal.ToString());
    }
}
