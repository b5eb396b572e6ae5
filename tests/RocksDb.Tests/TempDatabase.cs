using System.Text;

namespace MultiCloudKv.RocksDb.Tests;

/// <summary>A database in a directory of its own, gone with it.</summary>
internal sealed class TempDatabase : IDisposable
{
    private readonly DbOptions _options;

    public TempDatabase(ColumnFamilyOptions? family = null, bool atomicFlush = false)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("mckv-rocksdb-").FullName;
        _options = new DbOptions().SetCreateIfMissing().SetAtomicFlush(atomicFlush).EnableStatistics();
        FamilyOptions = family ?? new ColumnFamilyOptions();
        Db = Open();
    }

    public string Directory { get; }

    public string DataDirectory => Path.Combine(Directory, "db");

    public ColumnFamilyOptions FamilyOptions { get; }

    public DbOptions Options => _options;

    public RocksDatabase Db { get; private set; }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public void Reopen()
    {
        Db.Dispose();
        Db = Open();
    }

    public string NewFile(string name, params (string Key, string? Value)[] entries)
    {
        string path = Path.Combine(Directory, name);
        using var writer = new SstFileWriter(FamilyOptions);
        writer.Open(path);
        foreach ((string key, string? value) in entries)
        {
            if (value is null)
                writer.Delete(Bytes(key));
            else
                writer.Put(Bytes(key), Bytes(value));
        }

        writer.Finish();
        return path;
    }

    public string? Text(string key)
    {
        byte[]? value = Db.Get(Bytes(key));
        return value is null ? null : Encoding.UTF8.GetString(value);
    }

    public void Dispose()
    {
        Db.Dispose();
        FamilyOptions.Dispose();
        _options.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private RocksDatabase Open() =>
        RocksDatabase.Open(_options, DataDirectory, new ColumnFamilyDescriptor(RocksDatabase.DefaultFamilyName, FamilyOptions));
}
