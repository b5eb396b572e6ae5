namespace MultiCloudKv.Merge.Tests.Oracle;

/// <summary>The increments of one region that nothing has absorbed: the newest one's stamp, and their sum.</summary>
internal readonly record struct OracleIncrements(ElementName Element, int Region, ulong Hlc, decimal Sum);
