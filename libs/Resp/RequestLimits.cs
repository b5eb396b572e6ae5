namespace MultiCloudKv.Resp;

/// <summary>What one command may claim before it has been read. Immutable; swapped when a setting changes.</summary>
public sealed record RequestLimits
{
    public const int ArgumentsDefault = 1024 * 1024;
    public const long BulkBytesDefault = 512L * 1024 * 1024;
    public const int InlineBytesMax = 64 * 1024;

    /// <summary>Before AUTH, when a password is set: arguments and bytes of each.</summary>
    public const int UnauthenticatedArgumentsMax = 10;
    public const int UnauthenticatedBulkBytesMax = 16 * 1024;

    /// <summary>The largest array the runtime can hold, less room for the framing.</summary>
    public const long RequestBytesMax = 0x7fff_0000;

    public static RequestLimits Default { get; } = new();

    /// <summary>Arguments of one command.</summary>
    public int ArgumentsMax { get; init; } = ArgumentsDefault;

    /// <summary>proto-max-bulk-len: bytes of one argument.</summary>
    public long BulkBytesMax { get; init; } = BulkBytesDefault;
}
