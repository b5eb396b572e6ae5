namespace MultiCloudKv.Merge;

/// <summary>For changes nobody has to hear of: provisional ones, and tests.</summary>
public sealed class NoEffects : IMergeEffects
{
    public static readonly NoEffects Instance = new();

    public void KeyTouched(int slot, uint ns, ReadOnlySpan<byte> key)
    {
    }

    public void KeysChanged(uint ns, int delta)
    {
    }

    public void ExpiringKeysChanged(uint ns, int delta)
    {
    }

    public void ExpiryChanged(int slot, uint ns, ReadOnlySpan<byte> key, long expiryMs)
    {
    }

    public void PendingChanged(int slot, uint ns, ReadOnlySpan<byte> key, bool pending)
    {
    }
}
