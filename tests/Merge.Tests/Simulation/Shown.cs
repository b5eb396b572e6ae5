using System.Globalization;
using System.Text;
using MultiCloudKv.Merge.State;
using MultiCloudKv.Merge.Tests.Oracle;
using MultiCloudKv.Merge.Transactions;

namespace MultiCloudKv.Merge.Tests.Simulation;

/// <summary>What the real code shows of a key, read in every way a command could, against what the oracle says.</summary>
internal static class Shown
{
    public static ElementType TypeOf(char type) => type switch
    {
        's' => ElementType.String,
        'h' => ElementType.Hash,
        'm' => ElementType.Set,
        'z' => ElementType.SortedSet,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    public static char LetterOf(ElementType type) => type switch
    {
        ElementType.String => 's',
        ElementType.Hash => 'h',
        ElementType.Set => 'm',
        ElementType.SortedSet => 'z',
        _ => '-',
    };

    /// <summary>Null when both agree, else what is different.</summary>
    public static string? Compare(KeyView view, OracleView? must)
    {
        string want = must?.ToString() ?? "nothing";
        if (view.Exists != must is not null)
            return $"exists: {view.Exists} ({view.Type}), must show {want}";
        if (must is null)
            return view.Type != ElementType.None || view.Count != 0 || view.ExpiryMs != long.MaxValue ? $"an absent key has type {view.Type}, count {view.Count}, expiry {view.ExpiryMs}" : null;
        SortedDictionary<ElementName, string> elements = Elements(view);
        string shown = OracleView.Describe(LetterOf(view.Type), view.ExpiryMs, elements);
        if (shown != want)
            return $"shows {shown}, must show {want}";
        if (view.Count != elements.Count)
            return $"counts {view.Count} elements and shows {shown}";
        return ComparePoints(view, must) ?? CompareScores(view, must) ?? CompareSiblings(view, must);
    }

    /// <summary>Elements with values in the oracle's spelling.</summary>
    public static SortedDictionary<ElementName, string> Elements(KeyView view)
    {
        SortedDictionary<ElementName, string> elements = [];
        char type = LetterOf(view.Type);
        if (type == 's')
        {
            elements[ElementName.String] = PlainNumber.Normal(Text(view.StringValue));
            return elements;
        }

        using ElementCursor cursor = view.Scan();
        while (cursor.MoveNext())
            elements.Add(new ElementName(type, Text(cursor.Element)), type == 'z' ? Score(cursor.Score) : PlainNumber.Normal(Text(cursor.Value)));
        return elements;
    }

    /// <summary>"type element=value … @expiry ~siblings", expiry in milliseconds after the epoch; empty for nothing.</summary>
    public static string Brief(KeyView view)
    {
        if (!view.Exists)
            return "";
        string elements = string.Join(' ', Elements(view).Select(e => $"{e.Key.Name}={e.Value}"));
        string expiry = view.ExpiryMs == long.MaxValue ? "" : $" @{view.ExpiryMs - World.Epoch}";
        string losers = string.Concat(view.Siblings().Where(s => !s.Shows).Select(s => " ~" + PlainNumber.Normal(Text(s.Value))).Order(StringComparer.Ordinal));
        return $"{LetterOf(view.Type)} {elements}{expiry}{losers}";
    }

    private static string? ComparePoints(KeyView view, OracleView must)
    {
        if (must.Type == 's')
            return null;
        foreach ((ElementName element, string value) in must.Elements)
        {
            byte[] name = Encoding.Latin1.GetBytes(element.Name);
            if (!view.Contains(name))
                return $"element {element} is in the scan but not found";
            if (must.Type == 'z')
            {
                if (!view.TryGetScore(name, out double score) || Score(score) != value)
                    return $"member {element} has score {score}, must be {value}";
            }
            else if (!view.TryGet(name, out ReadOnlySpan<byte> found) || PlainNumber.Normal(Text(found)) != value)
            {
                return $"element {element} has another value than in the scan, {value}";
            }

            bool number = PlainNumber.TryParse(value, out decimal amount);
            if (view.TryGetNumber(name, out Number read) != number || (number && (decimal)read.ToDouble() != amount))
                return $"element {element} reads as number {read}, must be {value}";
        }

        return view.Contains("absent"u8) ? "an absent element is found" : null;
    }

    private static string? CompareScores(KeyView view, OracleView must)
    {
        if (must.Type != 'z')
            return null;
        string want = string.Join(' ', must.Elements
            .OrderBy(e => decimal.Parse(e.Value, CultureInfo.InvariantCulture)).ThenBy(e => e.Key)
            .Select(e => $"{e.Key.Name}={e.Value}"));
        List<string> shown = [];
        using ElementCursor cursor = view.ScanScores();
        while (cursor.MoveNext())
            shown.Add($"{Text(cursor.Element)}={Score(cursor.Score)}");
        string order = string.Join(' ', shown);
        return order == want ? null : $"in score order {order}, must be {want}";
    }

    /// <summary>CONFLICTS lists what it must, under its region, time and value, and nothing else.</summary>
    private static string? CompareSiblings(KeyView view, OracleView must)
    {
        List<string> want = [];
        foreach (ElementName element in must.Live)
            AddSiblings(want, must, element);
        List<string> listed = [.. view.Siblings().Select(s =>
            Line(new ElementName(LetterOf(s.Type), Text(s.Element)), s.Region, s.UnixMs, PlainNumber.Normal(Text(s.Value)), s.Shows))];
        string have = string.Join("; ", listed.Order(StringComparer.Ordinal));
        string expected = string.Join("; ", want.Order(StringComparer.Ordinal));
        return have == expected ? null : $"siblings [{have}], must be [{expected}]";
    }

    private static void AddSiblings(List<string> to, OracleView must, ElementName element)
    {
        OracleRegister[] registers = [.. must.Registers.Where(r => r.Element == element).OrderByDescending(r => (r.Hlc, r.Region))];
        OracleIncrements[] increments = [.. must.Increments.Where(i => i.Element == element)];
        bool shows = element.Type == must.Type;
        bool text = registers.Length > 0 && !PlainNumber.TryParse(registers[0].Value, out _);
        bool beside = text && increments.Length > 0;
        if (shows && !beside && registers.Select(r => r.Value).Distinct().Count() < 2)
            return;
        decimal sum = increments.Sum(i => i.Sum);
        string value = registers.Length == 0 ? PlainNumber.Shown(sum) : text ? registers[0].Value : PlainNumber.Shown(Number(registers[0].Value) + sum);
        (int region, ulong hlc) = registers.Length > 0 ? (registers[0].Region, registers[0].Hlc) : increments.Select(i => (i.Region, i.Hlc)).MaxBy(i => (i.Hlc, i.Region));
        to.Add(Line(element, region + 1, (long)(hlc >> 16), value, shows));
        foreach (OracleRegister loser in registers.Skip(1))
            to.Add(Line(element, loser.Region + 1, (long)(loser.Hlc >> 16), PlainNumber.Normal(loser.Value), false));
        foreach (OracleIncrements kept in beside ? increments : [])
            to.Add(Line(element, kept.Region + 1, (long)(kept.Hlc >> 16), PlainNumber.Text(kept.Sum), false));
    }

    private static decimal Number(string text) => PlainNumber.TryParse(text, out decimal number) ? number : 0;

    private static string Line(ElementName element, int region, long ms, string value, bool shows) =>
        $"{element} by {region} at {ms - World.Epoch} '{value}'{(shows ? " shows" : "")}";

    private static string Score(double score) => PlainNumber.Text((decimal)score);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
