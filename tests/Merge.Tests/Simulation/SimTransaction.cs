using System.Globalization;
using System.Text;
using MultiCloudKv.Merge.Tests.Oracle;
using MultiCloudKv.Merge.Transactions;

namespace MultiCloudKv.Merge.Tests.Simulation;

/// <summary>
/// One transaction run on the real code and on the oracle side by side. Each command first compares what the key shows in
/// both; its conditions (wrong type, absent, no number) are decided by the oracle's view.
/// </summary>
internal sealed class SimTransaction(Transaction real, OracleTransaction oracle, string who)
{
    private const long Never = long.MaxValue;

    public void Set(string key, string value, long expiry)
    {
        (_, KeyView view) = Open(key);
        view.Set(Bytes(value), expiry);
        oracle.Set(key, value, expiry);
    }

    public void Append(string key, string tail)
    {
        (OracleView? shown, KeyView view) = Open(key);
        if (shown is not null && shown.Type != 's')
            return;
        string value = (shown?.Elements[ElementName.String] ?? "") + tail;
        view.WriteString(Bytes(value));
        oracle.Rewrite(key, value);
    }

    public void Increment(string key, decimal by)
    {
        (OracleView? shown, KeyView view) = Open(key);
        if (!Counts(shown, ElementName.String, by))
            return;
        view.Increment(Number(by));
        oracle.Increment(key, ElementName.String, by);
    }

    public void HashWrite(string key, string field, string value) => Write(key, new ElementName('h', field), value);

    public void HashIncrement(string key, string field, decimal by)
    {
        var element = new ElementName('h', field);
        (OracleView? shown, KeyView view) = Open(key);
        if (!Counts(shown, element, by))
            return;
        view.Increment(ElementType.Hash, Bytes(field), Number(by));
        oracle.Increment(key, element, by);
    }

    public void SetAdd(string key, string member) => Write(key, new ElementName('m', member), "");

    public void ScoreWrite(string key, string member, decimal score)
    {
        (OracleView? shown, KeyView view) = Open(key);
        if (shown is not null && shown.Type != 'z')
            return;
        view.WriteScore(Bytes(member), (double)score);
        oracle.Write(key, new ElementName('z', member), PlainNumber.Text(score));
    }

    public void ScoreIncrement(string key, string member, decimal by)
    {
        (OracleView? shown, KeyView view) = Open(key);
        if (shown is not null && shown.Type != 'z')
            return;
        view.Increment(ElementType.SortedSet, Bytes(member), Merge.State.Number.Of((double)by));
        oracle.Increment(key, new ElementName('z', member), by);
    }

    /// <summary>HDEL, SREM, ZREM, GETDEL: of one that shows, or of the named one.</summary>
    public void RemoveElement(string key, string name, int prefer)
    {
        (OracleView? shown, KeyView view) = Open(key);
        if (shown is null)
            return;
        ElementName element = prefer < 60 ? shown.Elements.Keys.ElementAt(prefer % shown.Elements.Count) : new ElementName(shown.Type, name);
        if (!shown.Elements.ContainsKey(element))
            return;
        if (element.Type == 's')
            view.RemoveKey();
        else
            view.Remove(Bytes(element.Name));
        oracle.Remove(key, element);
        if (shown.Elements.Count == 1 && oracle.View(key) is not null)
            throw new SimulationFailure("the oracle shows another type after the last element was removed");
    }

    public void RemoveKey(string key)
    {
        (OracleView? shown, KeyView view) = Open(key);
        if (shown is null)
            return;
        view.RemoveKey();
        oracle.RemoveKey(key);
    }

    public void Expire(string key, long time)
    {
        (OracleView? shown, KeyView view) = Open(key);
        if (shown is null || (time == Never && shown.ExpiryMs == Never))
            return;
        view.Expire(time);
        oracle.Expire(key, time);
    }

    public void ClearSlot(int slot)
    {
        if (real.ClearSlot(slot))
            oracle.ClearSlot(slot);
    }

    /// <summary>COPY REPLACE, or RENAME where the source is removed.</summary>
    public void Copy(string source, string target, bool remove)
    {
        (OracleView? shown, KeyView from) = Open(source);
        if (shown is null || source == target)
            return;
        (OracleView? replaced, KeyView to) = Open(target);
        if (shown.Type == 's')
        {
            to.Set(Bytes(shown.Elements[ElementName.String]), shown.ExpiryMs);
        }
        else
        {
            if (replaced is not null)
                to.RemoveKey();
            foreach ((ElementName element, string value) in shown.Elements)
                Write(to, element, value);
            if (shown.ExpiryMs != Never)
                to.Expire(shown.ExpiryMs);
        }

        oracle.Copy(source, target);
        if (!remove)
            return;
        from.RemoveKey();
        oracle.RemoveKey(source);
    }

    private void Write(string key, ElementName element, string value)
    {
        (OracleView? shown, KeyView view) = Open(key);
        if (shown is not null && shown.Type != element.Type)
            return;
        Write(view, element, value);
        oracle.Write(key, element, value);
    }

    private static void Write(KeyView view, ElementName element, string value)
    {
        if (element.Type == 'z')
            view.WriteScore(Bytes(element.Name), double.Parse(value, CultureInfo.InvariantCulture));
        else
            view.Write(Shown.TypeOf(element.Type), Bytes(element.Name), Bytes(value));
    }

    private static bool Counts(OracleView? shown, ElementName element, decimal by)
    {
        if (shown is null)
            return true;
        if (shown.Type != element.Type)
            return false;
        if (!shown.Elements.TryGetValue(element, out string? value))
            return true;
        return PlainNumber.TryParse(value, out decimal number) && (decimal.IsInteger(number) || !decimal.IsInteger(by));
    }

    private static Merge.State.Number Number(decimal by) => decimal.IsInteger(by) ? Merge.State.Number.Of((long)by) : Merge.State.Number.Of(by);

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private (OracleView? Shown, KeyView View) Open(string key)
    {
        KeyView view = real.Open(Bytes(key));
        OracleView? must = oracle.View(key);
        string? wrong = Shown.Compare(view, must);
        if (wrong is not null)
            throw new SimulationFailure($"{who} key {key}, before a command: {wrong}; so far in this transaction: {string.Join(" and ", oracle.Changes.Select(c => string.Join("; ", c.Actions)))}");
        return (must, view);
    }
}
