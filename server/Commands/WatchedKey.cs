namespace MultiCloudKv.Server.Commands;

/// <summary>A key as WATCH saw it.</summary>
/// <param name="Existed">False: it did not show, so clearing its slot changes nothing about it.</param>
/// <param name="ExpiryMs">When it expires if nothing touches it; <see cref="long.MaxValue"/> for never.</param>
internal sealed record WatchedKey(byte[] Key, int Slot, bool Existed, long ExpiryMs);
