namespace MultiCloudKv.RocksDb;

/// <summary>Compression of blocks and blobs; the numbers are RocksDB's.</summary>
public enum Compression
{
    None = 0,
    Snappy = 1,
    Zlib = 2,
    Lz4 = 4,
    Lz4Hc = 5,
    Zstd = 7,
}
