namespace MultiCloudKv.Merge;

/// <summary>
/// The type of an element, and of the key that shows it. Stored and shipped: numbers are append-only and pinned by a test.
/// </summary>
public enum ElementType : byte
{
    /// <summary>No live element: the key does not show.</summary>
    None = 0,
    String = 1,
    Hash = 2,
    Set = 3,
    SortedSet = 4,
    List = 5,
    Stream = 6,
}
