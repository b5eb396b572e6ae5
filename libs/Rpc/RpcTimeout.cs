using System.Globalization;

namespace MultiCloudKv.Rpc;

/// <summary>The grpc-timeout header: at most eight digits and a unit (H, M, S, m, u, n).</summary>
public static class RpcTimeout
{
    public const string Header = "grpc-timeout";
    private const long ValueMax = 99_999_999;

    public static string Format(TimeSpan timeout)
    {
        long micros = Math.Max(0, timeout.Ticks / TimeSpan.TicksPerMicrosecond);
        if (micros <= ValueMax)
            return string.Create(CultureInfo.InvariantCulture, $"{micros}u");
        long ms = micros / 1000;
        return ms <= ValueMax
            ? string.Create(CultureInfo.InvariantCulture, $"{ms}m")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(ms / 1000, ValueMax)}S");
    }

    public static bool TryParse(string? text, out TimeSpan timeout)
    {
        timeout = default;
        if (string.IsNullOrEmpty(text) || text.Length is < 2 or > 9
            || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long value))
        {
            return false;
        }

        double? ticks = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => TimeSpan.TicksPerMicrosecond / 1000.0,
            _ => null,
        };
        if (ticks is null)
            return false;
        timeout = TimeSpan.FromTicks((long)Math.Min(value * ticks.Value, TimeSpan.FromDays(365).Ticks));
        return true;
    }
}
