using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.Tests.Support;

/// <summary>What a region ships of one transaction.</summary>
internal sealed record Change(Stamp Stamp, byte[] Groups);
