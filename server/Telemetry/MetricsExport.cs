using MultiCloudKv.Foundation;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace MultiCloudKv.Server.Telemetry;

/// <summary>Sends the metrics to an OpenTelemetry collector, when the configuration names one.</summary>
internal static class MetricsExport
{
    /// <summary>Null when there is nowhere to send to. Dispose to stop.</summary>
    /// <exception cref="EnvironmentException">The endpoint is no URL.</exception>
    public static IDisposable? Start(string? endpoint)
    {
        if (string.IsNullOrEmpty(endpoint))
            return null;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? uri))
            throw new EnvironmentException($"telemetry.otlp-endpoint is no URL: {endpoint}", ExitCodes.Usage);
        return Sdk.CreateMeterProviderBuilder()
            .AddMeter(ServerMetrics.MeterName)
            .AddOtlpExporter(options =>
            {
                options.Endpoint = uri;
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
            })
            .Build();
    }
}
