namespace MultiCloudKv.Resp;

/// <summary>The error texts that clients and their tests know, in the words of Redis 7.0. Written, never thrown.</summary>
public static class RespErrors
{
    public static ReadOnlySpan<byte> WrongType => "WRONGTYPE Operation against a key holding the wrong kind of value"u8;

    public static ReadOnlySpan<byte> Syntax => "ERR syntax error"u8;

    public static ReadOnlySpan<byte> NotInteger => "ERR value is not an integer or out of range"u8;

    public static ReadOnlySpan<byte> NotFloat => "ERR value is not a valid float"u8;

    public static ReadOnlySpan<byte> OutOfRange => "ERR value is out of range"u8;

    public static ReadOnlySpan<byte> NotPositive => "ERR value is out of range, must be positive"u8;

    public static ReadOnlySpan<byte> IncrementOverflow => "ERR increment or decrement would overflow"u8;

    public static ReadOnlySpan<byte> DecrementOverflow => "ERR decrement would overflow"u8;

    public static ReadOnlySpan<byte> IncrementNotFinite => "ERR increment would produce NaN or Infinity"u8;

    public static ReadOnlySpan<byte> NoSuchKey => "ERR no such key"u8;

    public static ReadOnlySpan<byte> SameObject => "ERR source and destination objects are the same"u8;

    public static ReadOnlySpan<byte> IndexOutOfRange => "ERR index out of range"u8;

    public static ReadOnlySpan<byte> OffsetOutOfRange => "ERR offset is out of range"u8;

    public static ReadOnlySpan<byte> StringTooLong => "ERR string exceeds maximum allowed size (proto-max-bulk-len)"u8;

    public static ReadOnlySpan<byte> HashNotInteger => "ERR hash value is not an integer"u8;

    public static ReadOnlySpan<byte> HashNotFloat => "ERR hash value is not a float"u8;

    public static ReadOnlySpan<byte> InvalidCursor => "ERR invalid cursor"u8;

    public static ReadOnlySpan<byte> MinMaxNotFloat => "ERR min or max is not a float"u8;

    public static ReadOnlySpan<byte> MinMaxNotString => "ERR min or max not valid string range item"u8;

    public static ReadOnlySpan<byte> ScoreNotANumber => "ERR resulting score is not a number (NaN)"u8;

    public static ReadOnlySpan<byte> DbIndexOutOfRange => "ERR DB index is out of range"u8;

    public static ReadOnlySpan<byte> InvalidDbIndex => "ERR invalid DB index"u8;

    public static ReadOnlySpan<byte> NoAuth => "NOAUTH Authentication required."u8;

    public static ReadOnlySpan<byte> WrongPass => "WRONGPASS invalid username-password pair or user is disabled."u8;

    public static ReadOnlySpan<byte> NoPasswordSet =>
        "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"u8;

    public static ReadOnlySpan<byte> NoProto => "NOPROTO unsupported protocol version"u8;

    public static ReadOnlySpan<byte> NestedMulti => "ERR MULTI calls can not be nested"u8;

    public static ReadOnlySpan<byte> ExecWithoutMulti => "ERR EXEC without MULTI"u8;

    public static ReadOnlySpan<byte> DiscardWithoutMulti => "ERR DISCARD without MULTI"u8;

    public static ReadOnlySpan<byte> WatchInsideMulti => "ERR WATCH inside MULTI is not allowed"u8;

    public static ReadOnlySpan<byte> NotInMulti => "ERR Command not allowed inside a transaction"u8;

    public static ReadOnlySpan<byte> ExecAbort => "EXECABORT Transaction discarded because of previous errors."u8;

    public static ReadOnlySpan<byte> KeyTooLong => "ERR key is too long"u8;

    public static ReadOnlySpan<byte> NotLoaded => "ERR what the command reads does not fit into the record cache"u8;

    public static ReadOnlySpan<byte> ReplyTooLarge => "ERR the reply is too large"u8;

    public static ReadOnlySpan<byte> TooManyClients => "ERR max number of clients reached"u8;
}
