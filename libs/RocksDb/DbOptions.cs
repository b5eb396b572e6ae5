using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>Options of a database as a whole.</summary>
/// <remarks>Not thread-safe. Copied when the database is opened; kept for its <see cref="StatisticsText"/>.</remarks>
public sealed class DbOptions : IDisposable
{
    public DbOptions()
    {
        RocksDbLibrary.Load();
        Handle = new OptionsHandle(NativeMethods.rocksdb_options_create());
    }

    internal OptionsHandle Handle { get; }

    public DbOptions SetCreateIfMissing(bool value = true) => With(() => NativeMethods.rocksdb_options_set_create_if_missing(Handle, (byte)(value ? 1 : 0)));

    public DbOptions SetCreateMissingColumnFamilies(bool value = true) => With(() => NativeMethods.rocksdb_options_set_create_missing_column_families(Handle, (byte)(value ? 1 : 0)));

    public DbOptions SetErrorIfExists(bool value = true) => With(() => NativeMethods.rocksdb_options_set_error_if_exists(Handle, (byte)(value ? 1 : 0)));

    public DbOptions SetParanoidChecks(bool value = true) => With(() => NativeMethods.rocksdb_options_set_paranoid_checks(Handle, (byte)(value ? 1 : 0)));

    /// <summary>All column families are flushed together: without a WAL, what a reopened database holds is of one moment.</summary>
    public DbOptions SetAtomicFlush(bool value = true) => With(() => NativeMethods.rocksdb_options_set_atomic_flush(Handle, (byte)(value ? 1 : 0)));

    /// <summary>-1 keeps all open.</summary>
    public DbOptions SetMaxOpenFiles(int count) => With(() => NativeMethods.rocksdb_options_set_max_open_files(Handle, count));

    public DbOptions SetMaxFileOpeningThreads(int count) => With(() => NativeMethods.rocksdb_options_set_max_file_opening_threads(Handle, count));

    /// <summary>Flushes and compactions at a time.</summary>
    public DbOptions SetMaxBackgroundJobs(int count) => With(() => NativeMethods.rocksdb_options_set_max_background_jobs(Handle, count));

    public DbOptions SetMaxSubcompactions(int count) => With(() => NativeMethods.rocksdb_options_set_max_subcompactions(Handle, (uint)count));

    /// <summary>Writes files back bit by bit, so that a sync at the end is short.</summary>
    public DbOptions SetBytesPerSync(long bytes) => With(() => NativeMethods.rocksdb_options_set_bytes_per_sync(Handle, (ulong)bytes));

    /// <summary>Bound on the memtables of all column families.</summary>
    public DbOptions SetDbWriteBufferSize(long bytes) => With(() => NativeMethods.rocksdb_options_set_db_write_buffer_size(Handle, (nuint)bytes));

    /// <summary>0 debug, 1 info, 2 warning, 3 error, 4 fatal, 5 header.</summary>
    public DbOptions SetInfoLogLevel(int level) => With(() => NativeMethods.rocksdb_options_set_info_log_level(Handle, level));

    /// <summary>Number of files of RocksDB's own log that are kept.</summary>
    public DbOptions SetKeepLogFileNum(int count) => With(() => NativeMethods.rocksdb_options_set_keep_log_file_num(Handle, (nuint)count));

    public DbOptions SetMaxLogFileSize(long bytes) => With(() => NativeMethods.rocksdb_options_set_max_log_file_size(Handle, (nuint)bytes));

    /// <summary>How often statistics go to RocksDB's own log; 0 is never.</summary>
    public DbOptions SetStatsDumpPeriodSec(int seconds) => With(() => NativeMethods.rocksdb_options_set_stats_dump_period_sec(Handle, (uint)seconds));

    public DbOptions SetStatsPersistPeriodSec(int seconds) => With(() => NativeMethods.rocksdb_options_set_stats_persist_period_sec(Handle, (uint)seconds));

    public DbOptions SetUseDirectIoForFlushAndCompaction(bool value = true) => With(() => NativeMethods.rocksdb_options_set_use_direct_io_for_flush_and_compaction(Handle, (byte)(value ? 1 : 0)));

    public DbOptions SetRateLimiter(RateLimiter limiter) => With(() => NativeMethods.rocksdb_options_set_ratelimiter(Handle, limiter.Handle));

    /// <summary>Counts what the database does, at a cost of a few percent.</summary>
    public DbOptions EnableStatistics() => With(() => NativeMethods.rocksdb_options_enable_statistics(Handle));

    /// <summary>All tickers and histograms as text; null unless <see cref="EnableStatistics"/> was called before the database was opened.</summary>
    public string? StatisticsText() => NativeText.Take(NativeMethods.rocksdb_options_statistics_get_string(Handle));

    public void Dispose() => Handle.Dispose();

    private DbOptions With(Action set)
    {
        set();
        return this;
    }
}
