namespace MultiCloudKv.Binlog;

/// <summary>Takes one record of a replay. The record is valid for the length of the call.</summary>
public delegate void ReplayRecord(in BinlogRecord record);
