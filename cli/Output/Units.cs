using System.Globalization;

namespace MultiCloudKv.Cli.Output;

/// <summary>Numbers as people read them, the same on every machine.</summary>
internal static class Units
{
    private static readonly string[] Names = ["B", "KiB", "MiB", "GiB", "TiB"];

    public static string Bytes(long? bytes)
    {
        if (bytes is null)
            return "-";
        double value = bytes.Value;
        int unit = 0;
        for (; value >= 1024 && unit < Names.Length - 1; unit++)
            value /= 1024;
        return value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Names[unit];
    }

    public static string Count(double? count) => count is null ? "-" : count.Value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Milliseconds(double milliseconds) => milliseconds switch
    {
        >= 10_000 => (milliseconds / 1000).ToString("0.0", CultureInfo.InvariantCulture) + " s",
        >= 100 => milliseconds.ToString("0", CultureInfo.InvariantCulture) + " ms",
        _ => milliseconds.ToString("0.0", CultureInfo.InvariantCulture) + " ms",
    };
}
