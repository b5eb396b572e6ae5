namespace MultiCloudKv.Server.Storage;

/// <summary>Told of every key that an own or remote change touched, while the key's stripe is held.</summary>
public interface ICommitListener
{
    void KeyTouched(int slot, ReadOnlySpan<byte> key);

    /// <summary>Every key of the slot went.</summary>
    void SlotCleared(int slot);
}
