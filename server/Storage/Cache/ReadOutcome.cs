namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>What a read of the checkpoint store found.</summary>
public enum ReadOutcome
{
    /// <summary>There is no such record, or no further one.</summary>
    Absent = 0,

    /// <summary>Here it is.</summary>
    Found = 1,

    /// <summary>Only a read from disk could tell, and the caller does not wait for one.</summary>
    NotResident = 2,
}
