using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Replication;

/// <summary>Digest of a slot's visible state and stamps, with the applied vector of the same moment.</summary>
public sealed record SlotDigest(int Slot, StampVector Vector, ulong Digest, long Keys, IReadOnlyList<KeyDigestInfo> KeyDigests);
