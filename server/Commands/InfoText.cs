using System.Globalization;
using System.Text;

namespace MultiCloudKv.Server.Commands;

/// <summary>Lines of INFO: name:value.</summary>
internal readonly struct InfoText(StringBuilder text)
{
    public void Add(string name, string value) => text.Append(name).Append(':').Append(value).Append("\r\n");

    public void Add(string name, long value) => text.Append(CultureInfo.InvariantCulture, $"{name}:{value}\r\n");

    public void Add(string name, double value) => text.Append(CultureInfo.InvariantCulture, $"{name}:{value:F6}\r\n");

    /// <summary>A number of bytes, and the same for people.</summary>
    public void AddBytes(string name, long value)
    {
        Add(name, value);
        (double scaled, string unit) = value switch
        {
            >= 1L << 30 => (value / (double)(1L << 30), "G"),
            >= 1L << 20 => (value / (double)(1L << 20), "M"),
            >= 1L << 10 => (value / (double)(1L << 10), "K"),
            _ => (value, "B"),
        };
        text.Append(CultureInfo.InvariantCulture, $"{name}_human:{scaled:F2}{unit}\r\n");
    }
}
