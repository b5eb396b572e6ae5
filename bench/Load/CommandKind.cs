namespace MultiCloudKv.Load;

/// <summary>What a load is made of.</summary>
internal enum CommandKind
{
    Set,
    Get,
    Incr,
    HSet,
    SAdd,
    ZAdd,
    MGet,
}
