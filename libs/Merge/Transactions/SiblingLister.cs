using System.Text;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Transactions;

/// <summary>
/// Finds what concurrent changes left beside what shows: in an element of the visible type several registers with different
/// values, or increments beside a register that is no number; every live element of another type.
/// </summary>
internal static class SiblingLister
{
    public static IReadOnlyList<Sibling> List(KeyReader reader)
    {
        var found = new List<Sibling>();
        if (reader.Form < KeyCodec.Collection)
            return found;
        KeyState key = reader.Decode();
        Add(found, ElementType.String, default, key.Text, reader.Type);
        if (key.Version == 0)
            return found;
        int typeAt = reader.Keys.VersionPrefixLength;
        var element = new ElementState();
        bool several = key.LiveTypes > 1;
        using RecordCursor cursor = RecordRange.Scan(reader.Source, reader.Keys.Version(RecordKind.Element, key.Version));
        while (cursor.MoveNext())
        {
            if (!several && ElementCodec.IsPlain(cursor.Value))
                continue;
            ElementCodec.Read(cursor.Value, element);
            Add(found, (ElementType)cursor.Key[typeAt], cursor.Key[(typeAt + 1)..], element, reader.Type);
        }

        return found;
    }

    private static void Add(List<Sibling> to, ElementType type, ReadOnlySpan<byte> name, ElementState element, ElementType visibleType)
    {
        if (!element.IsLive)
            return;
        bool shows = type == visibleType;
        bool beside = element.Registers.Count > 0 && element.HasLiveDelta && !element.TryNumber(type, out _);
        if (shows && !beside && !Differ(element))
            return;
        byte[] nameBytes = name.ToArray();
        int visible = element.Visible;
        Stamp first = visible >= 0 ? element.Registers[visible].Stamp : element.Newest;
        to.Add(Make(type, nameBytes, first, Text(type, element.Shown(type)), shows));
        for (int i = 0; i < element.Registers.Count; i++)
        {
            if (i != visible)
                to.Add(Make(type, nameBytes, element.Registers[i].Stamp, Text(type, element.Value(i)), shows: false));
        }

        for (int i = 0; beside && i < element.Deltas.Count; i++)
        {
            if (element.IsLiveDelta(i))
                to.Add(Make(type, nameBytes, element.Deltas[i].Stamp, Encoding.ASCII.GetBytes(NumberText.Format(element.Effective(i).Normalize())), shows: false));
        }
    }

    private static bool Differ(ElementState element)
    {
        for (int i = 1; i < element.Registers.Count; i++)
        {
            if (!element.Value(i).SequenceEqual(element.Value(0)))
                return true;
        }

        return false;
    }

    private static Sibling Make(ElementType type, byte[] name, Stamp stamp, byte[] value, bool shows) =>
        new(type, name, stamp.Region, HybridTime.PhysicalMs(stamp.Hlc), value, shows);

    private static byte[] Text(ElementType type, ReadOnlySpan<byte> value) =>
        type == ElementType.SortedSet && ElementState.TryValueNumber(type, value, out Number score)
            ? Encoding.ASCII.GetBytes(NumberText.Format(score))
            : value.ToArray();
}
