using System.Globalization;

namespace MultiCloudKv.Binlog;

/// <summary>Names of the files in a binlog directory.</summary>
internal static class SegmentNames
{
    public const string Extension = ".mlog";
    public const string PreparedExtension = ".next";
    public const string Committed = "committed";
    public const string Durable = "durable";
    public const string History = "history";

    private const int Digits = 16;

    public static string Of(long firstPosition) => firstPosition.ToString("x16", CultureInfo.InvariantCulture) + Extension;

    public static string PathOf(string directory, long firstPosition) => Path.Combine(directory, Of(firstPosition));

    public static bool TryParse(string path, out long firstPosition)
    {
        firstPosition = 0;
        string name = Path.GetFileName(path);
        return name.Length == Digits + Extension.Length
            && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out firstPosition)
            && firstPosition >= 0;
    }

    /// <summary>First positions of the segments of a directory, ascending.</summary>
    public static List<long> List(string directory)
    {
        var found = new List<long>();
        foreach (string path in Directory.EnumerateFiles(directory, "*" + Extension))
        {
            if (TryParse(path, out long first))
                found.Add(first);
        }

        found.Sort();
        return found;
    }
}
