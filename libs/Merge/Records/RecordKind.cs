namespace MultiCloudKv.Merge.Records;

/// <summary>First byte of every record key. Stored: numbers are append-only and pinned by a test.</summary>
public enum RecordKind : byte
{
    /// <summary>Cut position, vectors, cursors, counters: the engine's own.</summary>
    System = 0x01,

    /// <summary>State of a key, its string element included.</summary>
    Meta = 0x10,

    /// <summary>State of one element of a collection.</summary>
    Element = 0x20,

    /// <summary>Derived: members of a sorted set by their visible score.</summary>
    ScoreIndex = 0x21,

    /// <summary>Derived: keys by their visible expiry.</summary>
    ExpiryIndex = 0x30,

    /// <summary>Derived: keys and elements that hold something to be collected.</summary>
    PendingIndex = 0x31,
}
