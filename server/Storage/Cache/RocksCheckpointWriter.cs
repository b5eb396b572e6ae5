using System.Globalization;
using MultiCloudKv.Foundation;
using MultiCloudKv.RocksDb;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// Writes table files of about 64 MB and ingests them together. A file never ends inside a deleted range, so the files
/// do not overlap and can go to the lowest level that has room for them.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class RocksCheckpointWriter : CheckpointWriter
{
    private const long FileBytesMax = 64 << 20;

    private readonly RocksDatabase _database;
    private readonly ColumnFamilyOptions _options;
    private readonly string _directory;
    private readonly Action _rangeDeleted;
    private readonly List<string> _files = [];
    private readonly ByteWriter _rangeEnd = new(64);
    private SstFileWriter? _file;
    private long _fileBytes;

    /// <param name="database">Takes the files in.</param>
    /// <param name="options">The files are written with these.</param>
    /// <param name="directory">Where they are written.</param>
    /// <param name="rangeDeleted">Called for each range deletion, before it can be seen.</param>
    internal RocksCheckpointWriter(RocksDatabase database, ColumnFamilyOptions options, string directory, Action rangeDeleted)
    {
        _database = database;
        _options = options;
        _directory = directory;
        _rangeDeleted = rangeDeleted;
    }

    public override void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        FileFor(key, key.Length + value.Length).Put(key, value);
    }

    public override void Delete(ReadOnlySpan<byte> key)
    {
        FileFor(key, key.Length).Delete(key);
    }

    public override void DeleteRange(ReadOnlySpan<byte> lowInclusive, ReadOnlySpan<byte> highExclusive)
    {
        _rangeDeleted();
        FileFor(lowInclusive, lowInclusive.Length + highExclusive.Length).DeleteRange(lowInclusive, highExclusive);
        if (_rangeEnd.Written.SequenceCompareTo(highExclusive) >= 0)
            return;
        _rangeEnd.Clear();
        _rangeEnd.Write(highExclusive);
    }

    public override void Commit()
    {
        FinishFile();
        if (_files.Count == 0)
            return;
        _database.IngestExternalFiles(_files, moveFiles: true);
        _files.Clear();
    }

    protected override void Dispose(bool disposing)
    {
        _file?.Dispose();
        _file = null;
        foreach (string file in _files)
            File.Delete(file);
        _files.Clear();
    }

    private SstFileWriter FileFor(ReadOnlySpan<byte> key, int bytes)
    {
        if (_file is not null && _fileBytes >= FileBytesMax && key.SequenceCompareTo(_rangeEnd.Written) >= 0)
            FinishFile();
        if (_file is null)
        {
            string path = Path.Combine(_directory, _files.Count.ToString(CultureInfo.InvariantCulture) + ".sst");
            _files.Add(path);
            _file = new SstFileWriter(_options);
            _file.Open(path);
            _fileBytes = 0;
        }

        _fileBytes += bytes;
        Bytes += bytes;
        return _file;
    }

    private void FinishFile()
    {
        if (_file is null)
            return;
        _file.Finish();
        _file.Dispose();
        _file = null;
    }
}
