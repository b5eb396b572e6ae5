namespace MultiCloudKv.Merge.Transactions;

/// <summary>One of several concurrent values of an element, or a live element of a type that does not show.</summary>
/// <param name="Type">Type of the element.</param>
/// <param name="Element">Its name, empty for a string.</param>
/// <param name="Region">Region that wrote it.</param>
/// <param name="UnixMs">When.</param>
/// <param name="Value">The value as its type shows it (a score as text; increments as their sum).</param>
/// <param name="Shows">True for the one a reader sees.</param>
public sealed record Sibling(ElementType Type, byte[] Element, byte Region, long UnixMs, byte[] Value, bool Shows);
