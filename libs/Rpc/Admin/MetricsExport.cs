using MultiCloudKv.Rpc.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace MultiCloudKv.Rpc.Admin;

/// <summary>Sends a process's metrics to an OpenTelemetry collector by OTLP over HTTP, when the configuration names one.</summary>
public static class MetricsExport
{
    /// <summary>Where collectors take metrics (OTLP/HTTP), below an address that has no path.</summary>
    private const string CollectorPath = "/v1/metrics";

    /// <summary>Null when there is nowhere to send to. Disposing sends what there is and stops.</summary>
    /// <param name="service">The process, as service.name; the system is its namespace, region and node its instance.</param>
    public static IDisposable? Start(NodeConfig config, string service, params string[] meters)
    {
        if (config.OtlpEndpoint is not { } endpoint)
            return null;
        return Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(r => r.AddService(service, config.ClusterId, serviceInstanceId: $"{config.RegionName}/{config.NodeId}"))
            .AddMeter(meters)
            .AddOtlpExporter(options =>
            {
                options.Endpoint = endpoint.AbsolutePath == "/" ? new Uri(endpoint, CollectorPath) : endpoint;
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
            })
            .Build();
    }
}
