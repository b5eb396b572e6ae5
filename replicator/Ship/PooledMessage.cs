using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Ship;

/// <summary>A finished message and the buffer to give back once it is sent.</summary>
internal readonly record struct PooledMessage(OutMessage Message, ByteWriter Buffer);
