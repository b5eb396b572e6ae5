using System.Globalization;
using System.Text;

namespace MultiCloudKv.Cli.Remote;

/// <summary>One reply of a server. Scalars keep their bytes; a nil has none.</summary>
internal sealed record RespValue(char Kind, byte[]? Bytes, IReadOnlyList<RespValue> Items)
{
    public bool IsError => Kind == '-';

    public bool IsNil => Bytes is null && Kind is '$' or '_';

    public string Text => Bytes is null ? string.Empty : Encoding.UTF8.GetString(Bytes);

    public long Integer => long.Parse(Text, CultureInfo.InvariantCulture);
}
