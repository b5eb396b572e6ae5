using System.Globalization;
using System.Text;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>
/// The settings clients may ask for. The thresholds of small encodings change nothing but what OBJECT ENCODING answers:
/// there is one encoding here, and clients' tests ask by these names.
/// </summary>
internal static class ConfigOptions
{
    private const long BulkBytesMin = 1024 * 1024;

    public static IReadOnlyList<ConfigOption> All { get; } =
    [
        new("maxclients", static s => Text(s.Settings.MaxClients), static (s, text) => Integer(text, 1, 1_000_000, value => s.Settings.MaxClients = (int)value)),
        new("timeout", static s => Text(s.Settings.IdleTimeoutSeconds), static (s, text) => Integer(text, 0, int.MaxValue, value => s.Settings.IdleTimeoutSeconds = (int)value)),
        new(
            "proto-max-bulk-len",
            static s => Text(s.Settings.RequestLimits.BulkBytesMax),
            static (s, text) => Bytes(text, BulkBytesMin, RequestLimits.RequestBytesMax, value => s.Settings.RequestLimits = s.Settings.RequestLimits with { BulkBytesMax = value })),
        new("requirepass", static s => s.Settings.Password is { } p ? Encoding.UTF8.GetString(p) : "", SetPassword),
        new("databases", static _ => "1"),
        new("appendonly", static _ => "yes"),
        new("appendfsync", static s => s.SyncPolicy),
        new("save", static _ => "", static (_, text) => text.Trim().Length == 0 ? null : "there are no snapshots by time here; leave it empty"),
        new("maxmemory", static _ => "0"),
        Threshold("hash-max-listpack-entries", static e => e.HashEntriesMax, static (e, v) => e with { HashEntriesMax = v }),
        Threshold("hash-max-listpack-value", static e => e.HashValueMax, static (e, v) => e with { HashValueMax = v }),
        Threshold("hash-max-ziplist-entries", static e => e.HashEntriesMax, static (e, v) => e with { HashEntriesMax = v }),
        Threshold("hash-max-ziplist-value", static e => e.HashValueMax, static (e, v) => e with { HashValueMax = v }),
        Threshold("set-max-intset-entries", static e => e.SetIntegersMax, static (e, v) => e with { SetIntegersMax = v }),
        Threshold("zset-max-listpack-entries", static e => e.SortedSetEntriesMax, static (e, v) => e with { SortedSetEntriesMax = v }),
        Threshold("zset-max-listpack-value", static e => e.SortedSetValueMax, static (e, v) => e with { SortedSetValueMax = v }),
        Threshold("zset-max-ziplist-entries", static e => e.SortedSetEntriesMax, static (e, v) => e with { SortedSetEntriesMax = v }),
        Threshold("zset-max-ziplist-value", static e => e.SortedSetValueMax, static (e, v) => e with { SortedSetValueMax = v }),
        Threshold("list-max-listpack-size", static e => e.ListSizeMax, static (e, v) => e with { ListSizeMax = v }),
        Threshold("list-max-ziplist-size", static e => e.ListSizeMax, static (e, v) => e with { ListSizeMax = v }),
    ];

    private static ConfigOption Threshold(string name, Func<EncodingThresholds, long> get, Func<EncodingThresholds, long, EncodingThresholds> with) => new(
        name,
        s => Text(get(s.Settings.Encodings)),
        (s, text) => Integer(text, int.MinValue, int.MaxValue, value => s.Settings.Encodings = with(s.Settings.Encodings, value)));

    private static string? SetPassword(CommandServices services, string text)
    {
        services.Settings.Password = text.Length == 0 ? null : Encoding.UTF8.GetBytes(text);
        return null;
    }

    private static string? Integer(string text, long min, long max, Action<long> set)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
            return "argument couldn't be parsed into an integer";
        if (value < min || value > max)
            return string.Create(CultureInfo.InvariantCulture, $"argument must be between {min} and {max} inclusive");
        set(value);
        return null;
    }

    /// <summary>A number of bytes, with Redis's units: k, m, g by thousands, kb, mb, gb by 1024.</summary>
    private static string? Bytes(string text, long min, long max, Action<long> set)
    {
        string lower = text.ToLowerInvariant();
        string digits = lower.TrimEnd('b', 'k', 'm', 'g');
        long unit = lower[digits.Length..] switch
        {
            "" or "b" => 1,
            "k" => 1000,
            "kb" => 1024,
            "m" => 1000 * 1000,
            "mb" => 1024 * 1024,
            "g" => 1000L * 1000 * 1000,
            "gb" => 1024L * 1024 * 1024,
            _ => 0,
        };
        if (unit == 0 || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long value) || value > long.MaxValue / unit)
            return "argument must be a memory value";
        return Integer((value * unit).ToString(CultureInfo.InvariantCulture), min, max, set);
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
