namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>What one stripe set aside when it passed an epoch's cut.</summary>
/// <remarks>Immutable, but for the flags of its records, which change under the stripe's lock only.</remarks>
internal sealed class FrozenStripe
{
    /// <summary>The records changed in the epoch.</summary>
    internal required PointerList Records { get; init; }

    /// <summary>The ranges dropped in it.</summary>
    internal required PointerList Drops { get; init; }

    internal required long VisibleKeys { get; init; }

    internal required long ExpiringKeys { get; init; }

    /// <summary>What the engine captured: applied vectors and the like.</summary>
    internal required object? Captured { get; init; }

    internal void Free()
    {
        Records.Free();
        Drops.Free();
    }
}
