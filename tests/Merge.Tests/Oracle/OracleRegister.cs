namespace MultiCloudKv.Merge.Tests.Oracle;

/// <summary>A write that nothing has absorbed.</summary>
internal readonly record struct OracleRegister(ElementName Element, int Region, ulong Hlc, string Value);
