using System.Globalization;
using System.Text;

namespace MultiCloudKv.Merge.Tests.Oracle;

/// <summary>What a key must show: visible type, elements with values, expiry, and every live register of whatever type.</summary>
internal sealed class OracleView(char type, long expiryMs)
{
    public char Type { get; } = type;

    public long ExpiryMs { get; } = expiryMs;

    public SortedDictionary<ElementName, string> Elements { get; } = [];

    /// <summary>Live registers of all types: element, region, stamp, value.</summary>
    public List<OracleRegister> Registers { get; } = [];

    /// <summary>Live increments of all types, by element and region.</summary>
    public List<OracleIncrements> Increments { get; } = [];

    /// <summary>Every element that is live, of whatever type.</summary>
    public IEnumerable<ElementName> Live => Registers.Select(r => r.Element).Concat(Increments.Select(i => i.Element)).Distinct();

    public override string ToString() => Describe(Type, ExpiryMs, Elements);

    /// <summary>One line that is equal exactly when two views are.</summary>
    public static string Describe(char type, long expiryMs, IEnumerable<KeyValuePair<ElementName, string>> elements)
    {
        var text = new StringBuilder();
        text.Append(type).Append(" expires ").Append(expiryMs == long.MaxValue ? "never" : expiryMs.ToString(CultureInfo.InvariantCulture)).Append(" {");
        foreach ((ElementName element, string value) in elements)
            text.Append(' ').Append(element.Name).Append('=').Append(value);
        return text.Append(" }").ToString();
    }
}
