using System.Globalization;

namespace MultiCloudKv.Merge.Tests.Oracle;

/// <summary>
/// One thing a client did, as meant, not as shipped: an increment says how much was added, never a sum or a base.
/// <see cref="Time"/> is a write's own expiry or the time of an EXPIRE, long.MaxValue for never.
/// </summary>
internal sealed record HistoryAction(ActionKind Kind, string Key, ElementName Element, string Value, decimal Amount, long Time)
{
    public static HistoryAction Write(string key, ElementName element, string value, long expiry = long.MaxValue) =>
        new(ActionKind.Write, key, element, value, 0, expiry);

    public static HistoryAction Increment(string key, ElementName element, decimal by) => new(ActionKind.Increment, key, element, "", by, 0);

    public static HistoryAction Remove(string key, ElementName element) => new(ActionKind.Remove, key, element, "", 0, 0);

    public static HistoryAction RemoveKey(string key) => new(ActionKind.RemoveKey, key, default, "", 0, 0);

    public static HistoryAction Expire(string key, long time) => new(ActionKind.Expire, key, default, "", 0, time);

    public static HistoryAction ClearSlot() => new(ActionKind.ClearSlot, "", default, "", 0, 0);

    /// <summary>Does it absorb writes and increments of the element that its maker had seen?</summary>
    public bool Overwrites(ElementName element) => Kind switch
    {
        ActionKind.RemoveKey or ActionKind.ClearSlot => true,
        ActionKind.Write or ActionKind.Remove => Element == element,
        _ => false,
    };

    /// <summary>Does it absorb EXPIRE and PERSIST that its maker had seen?</summary>
    public bool OverwritesExpiry => Kind is ActionKind.Expire or ActionKind.RemoveKey or ActionKind.ClearSlot;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}({Key} {Element} '{Value}' {Amount} {(Time == long.MaxValue ? "never" : Time)})");
}
