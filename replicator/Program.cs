using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator;
using MultiCloudKv.Replicator.Telemetry;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Admin;
using MultiCloudKv.Rpc.Configuration;

InlineSockets.Enable();
PoolWorkers.Fit();
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
    Say($"replicator: {e.Message}");
    return e.ExitCode;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
{
    Say($"replicator: {e.Message}");
    return ExitCodes.Environment;
}
catch (FencedException e)
{
    Say($"replicator: {e.Message}; this one ends");
    return ExitCodes.Fenced;
}
catch (Exception e)
{
    Say($"replicator: a bug: {e}");
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
    using var text = new PrometheusText(ReplicatorMetrics.MeterName, PrometheusText.RuntimeMeter);
    using IDisposable? export = MetricsExport.Start(config, "mckv-replicator", ReplicatorMetrics.MeterName, PrometheusText.RuntimeMeter);
    await using var admin = new AdminServer(
        config.ReplicatorAdmin.ToEndPoint(),
        config.ReadPassword(),
        config.AdminTls ? config.Tls.LoadCertificate() : null,
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
