using MultiCloudKv.Merge;

namespace MultiCloudKv.Server.Keyspace;

/// <summary>Takes one visible key of a <see cref="KeyspaceWalk"/>; false ends the walk. The span lives until it returns.</summary>
internal delegate bool KeyVisitor(int slot, ReadOnlySpan<byte> key, in MetaView meta);
