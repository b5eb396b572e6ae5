using System.Buffers.Binary;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge;

/// <summary>What the compact forms of records tell of where their key's other records are: for whoever wants those near before they are used.</summary>
public static class PlainRecords
{
    /// <summary>Type and version of a plain collection, and whether its elements have score records, from its meta record. False for any other.</summary>
    public static bool TryCollection(ReadOnlySpan<byte> meta, out ElementType type, out ulong version, out bool scored)
    {
        type = ElementType.None;
        version = 0;
        scored = false;
        if (meta.Length < KeyCodec.CollectionHeader || meta[0] != KeyCodec.Collection)
            return false;
        type = (ElementType)meta[1];
        version = KeyCodec.U64(meta, KeyCodec.CollectionVersion);
        scored = type == ElementType.SortedSet && (meta[KeyCodec.CollectionFlags] & KeyCodec.SmallFlag) == 0;
        return true;
    }

    /// <summary>Score of a sorted set's member, from its plain element record. False for any other.</summary>
    public static bool TryScore(ReadOnlySpan<byte> element, out double score)
    {
        score = 0;
        if (element.Length != ElementCodec.PlainHeader + sizeof(double) || !ElementCodec.IsPlain(element))
            return false;
        score = BinaryPrimitives.ReadDoubleLittleEndian(ElementCodec.PlainValue(element));
        return true;
    }
}
