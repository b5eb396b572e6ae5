using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator;
using MultiCloudKv.Replicator.Telemetry;
using MultiCloudKv.Rpc.Admin;
using MultiCloudKv.Rpc.Configuration;

if (args is not ["--config", var path])
{
    Console.Error.WriteLine("usage: MultiCloudKv.Replicator --config FILE");
    return ExitCodes.Usage;
}

try
{
    return await RunAsync(NodeConfigLoader.Load(path));
}
catch (EnvironmentException e)
{
    Console.Error.WriteLine($"replicator: {e.Message}");
    return e.ExitCode;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"replicator: {e.Message}");
    return ExitCodes.Environment;
}
catch (FencedException e)
{
    Console.Error.WriteLine($"replicator: {e.Message}; this one ends");
    return ExitCodes.Fenced;
}
catch (InvariantException e)
{
    Console.Error.WriteLine($"replicator: {e}");
    return ExitCodes.Bug;
}

static async Task<int> RunAsync(NodeConfig config)
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
    await using var host = new ReplicatorHost(config, loggers);
    using var metrics = new ReplicatorMetrics(() => host.Service?.Status());
    using var text = new PrometheusText(ReplicatorMetrics.MeterName);
    await using var admin = new AdminServer(
        config.ReplicatorAdmin.ToEndPoint(),
        config.ReadPassword(),
        new Dictionary<string, Func<AdminPage>>
        {
            ["/metrics"] = () => AdminPage.Text(text.Write()),
            ["/healthz"] = () => AdminPage.Health(""),
            ["/readyz"] = () => AdminPage.Health(host.Started.IsCompletedSuccessfully ? host.Service?.Status().WritableReason ?? "" : "not attached to the node"),
        },
        loggers);
    await admin.StartAsync();
    using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    await host.RunAsync();
    return ExitCodes.Ok;

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _ = host.StopAsync();
    }
}
