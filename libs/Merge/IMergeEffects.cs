namespace MultiCloudKv.Merge;

/// <summary>What the engine must know of a change to the records. Called while the key's stripe is held, spans valid during the call.</summary>
public interface IMergeEffects
{
    /// <summary>A change touched this key (WATCH, notifications). Once or more often for each change; not needed where it looks as before.</summary>
    void KeyTouched(int slot, uint ns, ReadOnlySpan<byte> key);

    /// <summary>The number of visible keys of a namespace changed by one.</summary>
    void KeysChanged(uint ns, int delta);

    /// <summary>The number of visible keys of a namespace that have an expiry changed by one.</summary>
    void ExpiringKeysChanged(uint ns, int delta);

    /// <summary>The visible expiry of a key is now this (Unix milliseconds; <see cref="long.MaxValue"/> = none).</summary>
    void ExpiryChanged(int slot, uint ns, ReadOnlySpan<byte> key, long expiryMs);

    /// <summary>The key now holds, or no longer holds, something for the <see cref="Collector"/>.</summary>
    void PendingChanged(int slot, uint ns, ReadOnlySpan<byte> key, bool pending);
}
