using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>Bounds the bytes per second that flushes and compactions write.</summary>
public sealed class RateLimiter : IDisposable
{
    private const long RefillPeriodUs = 100_000;
    private const int Fairness = 10;

    public RateLimiter(long bytesPerSecond)
    {
        RocksDbLibrary.Load();
        Handle = new RateLimiterHandle(NativeMethods.rocksdb_ratelimiter_create(bytesPerSecond, RefillPeriodUs, Fairness));
    }

    internal RateLimiterHandle Handle { get; }

    public void Dispose() => Handle.Dispose();
}
