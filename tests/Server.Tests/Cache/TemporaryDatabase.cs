using MultiCloudKv.RocksDb;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Tests.Cache;

/// <summary>A RocksDB database in a directory of its own, deleted with it.</summary>
internal sealed class TemporaryDatabase : IDisposable
{
    private readonly DbOptions _options = new DbOptions().SetCreateIfMissing(true);
    private readonly string _directory = Directory.CreateTempSubdirectory("cache-tests-").FullName;
    private ColumnFamilyOptions _familyOptions = null!;

    internal TemporaryDatabase()
    {
        Open();
    }

    internal RocksDatabase Database { get; private set; } = null!;

    internal RocksCheckpointStore Store { get; private set; } = null!;

    public void Dispose()
    {
        Close();
        _options.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Closes and opens it: nothing is in RocksDB's memory afterwards.</summary>
    internal void Reopen()
    {
        Close();
        Open();
    }

    private void Open()
    {
        _familyOptions = new ColumnFamilyOptions();
        Database = RocksDatabase.Open(_options, Path.Combine(_directory, "db"), new ColumnFamilyDescriptor(RocksDatabase.DefaultFamilyName, _familyOptions));
        Store = new RocksCheckpointStore(Database, _familyOptions, Path.Combine(_directory, "staging"));
    }

    private void Close()
    {
        Store.Dispose();
        Database.Dispose();
        _familyOptions.Dispose();
    }
}
