using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge;

/// <summary>A context a region has made and its clock then, Unix milliseconds. Immutable: nobody changes the vector.</summary>
public sealed record HeardContext(StampVector Applied, long ClockMs);
