namespace MultiCloudKv.Merge.Tests.Oracle;

/// <summary>An element of a key as the oracle names it: 's' string (name empty), 'h' hash field, 'm' set member, 'z' sorted set member.</summary>
internal readonly record struct ElementName(char Type, string Name) : IComparable<ElementName>
{
    public static ElementName String => new('s', "");

    public int CompareTo(ElementName other)
    {
        int byType = Type.CompareTo(other.Type);
        return byType != 0 ? byType : string.CompareOrdinal(Name, other.Name);
    }

    public override string ToString() => $"{Type}:{Name}";
}
