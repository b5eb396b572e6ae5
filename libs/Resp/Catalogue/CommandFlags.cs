namespace MultiCloudKv.Resp.Catalogue;

/// <summary>What a command is allowed to do and when it may run. The names on the wire are those of Redis 7.0.</summary>
[Flags]
public enum CommandFlags
{
    None = 0,

    /// <summary>May change keys: refused while the node takes no writes of its own.</summary>
    Write = 1 << 0,

    /// <summary>Reads keys and never changes them.</summary>
    ReadOnly = 1 << 1,

    /// <summary>May take memory: refused at the memory limit.</summary>
    DenyOom = 1 << 2,
    Admin = 1 << 3,
    NoScript = 1 << 4,

    /// <summary>May run while the node recovers.</summary>
    Loading = 1 << 5,
    Stale = 1 << 6,

    /// <summary>Time does not grow with the data.</summary>
    Fast = 1 << 7,

    /// <summary>May run before AUTH.</summary>
    NoAuth = 1 << 8,
    AllowBusy = 1 << 9,

    /// <summary>Refused inside MULTI.</summary>
    NoMulti = 1 << 10,
    Blocking = 1 << 11,
    SkipSlowLog = 1 << 12,

    /// <summary>Runs with every stripe held: changes the keyspace as a whole. Not shown on the wire.</summary>
    WholeKeyspace = 1 << 13,

    /// <summary>Reads keys that its arguments do not name, and takes their stripes itself, one after another. Not shown on the wire.</summary>
    EntersItself = 1 << 14,
}
