namespace MultiCloudKv.Binlog;

/// <summary>How records get into the page cache. The default is the better measured one (docs/decisions/0001-binlog-append-mode.md).</summary>
public enum AppendMode
{
    /// <summary>Copied into a mapped segment whose pages a helper thread makes present ahead of time.</summary>
    Mmap = 0,

    /// <summary>One pwrite(2) per record.</summary>
    Pwrite = 1,
}
