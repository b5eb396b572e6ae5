namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>Reads what is not in memory on its own threads.</summary>
public sealed class RecordLoader
{
    /// <summary>
    /// Loads what was missing; the transaction is then run again. The list is the loader's until the task ends.
    /// </summary>
    public Task LoadAsync(MissingRecords missing) => throw new NotSupportedException();
}
