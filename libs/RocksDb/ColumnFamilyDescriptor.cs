namespace MultiCloudKv.RocksDb;

/// <summary>A column family to be opened: its name and options. "default" is always there.</summary>
public sealed record ColumnFamilyDescriptor(string Name, ColumnFamilyOptions Options);
