namespace MultiCloudKv.Merge.Changes;

/// <summary>Operations of a change. Logged and shipped: numbers are append-only and pinned by a test.</summary>
public enum Opcode : byte
{
    None = 0,

    /// <summary>Remove-key, then write of the string element with its own expiry.</summary>
    Set = 1,

    /// <summary>Write of one element.</summary>
    Write = 2,

    /// <summary>Removal of one element.</summary>
    Remove = 3,

    /// <summary>Removal of all elements and expiries.</summary>
    RemoveKey = 4,

    /// <summary>The origin's increments of one element since a start, as a total.</summary>
    Increment = 5,

    /// <summary>Expiry register of the key.</summary>
    Expire = 6,

    /// <summary>Removal of all keys of the slot.</summary>
    ClearSlot = 7,

    /// <summary>Remove-key, then an expiry register that says never: stands before a write to a key that does not show.</summary>
    Create = 8,
}
