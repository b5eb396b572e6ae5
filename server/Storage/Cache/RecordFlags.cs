namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>State of a cached record; changed under the stripe's lock only.</summary>
[Flags]
internal enum RecordFlags : byte
{
    None = 0,

    /// <summary>Changed since the last flushed epoch: not evictable, and in the dirty list of its epoch.</summary>
    Dirty = 1,

    /// <summary>A deletion that has to reach the checkpoint.</summary>
    Tombstone = 2,

    /// <summary>An old image of a frozen epoch: out of hash and chain, freed once the epoch is flushed.</summary>
    Detached = 4,

    /// <summary>The checkpoint is known to hold nothing under this key, the epoch being flushed included.</summary>
    AbsentBelow = 8,

    /// <summary>Not a record but the deletion of every record under its key as prefix.</summary>
    RangeDrop = 16,

    /// <summary>A deletion made by the flush out of a range drop: a record of the same key in the same epoch wins.</summary>
    FromDrop = 32,

    /// <summary>Just loaded for someone who will come back for it: passed over by one round of eviction.</summary>
    Loaded = 64,
}
