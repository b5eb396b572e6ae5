namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>State of a chain.</summary>
[Flags]
internal enum ChainFlags : byte
{
    None = 0,

    /// <summary>Every live record under the prefix is in the chain: what is not here does not exist.</summary>
    Complete = 1,

    /// <summary>The prefix was dropped in an epoch not yet flushed: the checkpoint still holds what is gone.</summary>
    DropPending = 2,

    /// <summary>Dropped itself: out of the table, its records are freed bit by bit.</summary>
    Doomed = 4,

    /// <summary>Holds all records of one kind of a slot instead of those of one collection.</summary>
    OfSlot = 8,

    /// <summary>Being loaded whole; cleared by an eviction.</summary>
    Loading = 16,

    /// <summary>The checkpoint held nothing under the prefix when the chain was made.</summary>
    BornEmpty = 32,
}
