namespace MultiCloudKv.Merge.State;

/// <summary>An entry that belongs to one region; a state holds at most one per region.</summary>
internal interface IRegional
{
    byte Region { get; }
}
