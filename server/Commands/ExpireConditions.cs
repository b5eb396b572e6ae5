namespace MultiCloudKv.Server.Commands;

/// <summary>Under which conditions EXPIRE takes effect.</summary>
[Flags]
internal enum ExpireConditions
{
    None = 0,

    /// <summary>NX: the key has no expiry.</summary>
    IfNone = 1 << 0,

    /// <summary>XX: the key has an expiry.</summary>
    IfAny = 1 << 1,

    /// <summary>GT: the new time is later.</summary>
    IfLater = 1 << 2,

    /// <summary>LT: the new time is earlier.</summary>
    IfEarlier = 1 << 3,
}
