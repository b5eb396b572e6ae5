using MultiCloudKv.Merge;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>An element that is about to be used, and what an <see cref="ElementPrefetcher"/> has found out about it.</summary>
internal struct ElementUse
{
    internal byte[] Bytes;
    internal int KeyAt;
    internal int KeyLength;
    internal int ElementAt;
    internal int ElementLength;
    internal int Slot;

    /// <summary>The score it is about to get, if any.</summary>
    internal double? Score;

    internal Stripe? Stripe;
    internal ElementType Type;
    internal ulong Version;

    /// <summary>The elements have score records.</summary>
    internal bool Scored;

    /// <summary>Of the record to be asked for, 0 for none.</summary>
    internal ulong Hash;

    internal readonly ReadOnlySpan<byte> Key => new(Bytes, KeyAt, KeyLength);

    internal readonly ReadOnlySpan<byte> Element => new(Bytes, ElementAt, ElementLength);
}
