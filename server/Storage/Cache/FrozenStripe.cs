namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>What one stripe set aside when it passed an epoch's cut.</summary>
/// <remarks>Immutable, but for the flags of its records, which change under the stripe's lock only.</remarks>
internal sealed class FrozenStripe
{
    internal required AppliedRows Applied { get; init; }

    internal required long VisibleKeys { get; init; }
}
