namespace MultiCloudKv.Server.Commands;

/// <summary>Options of ZADD.</summary>
[Flags]
internal enum ZAddOptions
{
    None = 0,
    IfAbsent = 1 << 0,
    IfPresent = 1 << 1,
    IfGreater = 1 << 2,
    IfLess = 1 << 3,
    CountChanged = 1 << 4,
    Increment = 1 << 5,
}
