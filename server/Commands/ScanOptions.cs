using MultiCloudKv.Resp;
using MultiCloudKv.Server.Keyspace;

namespace MultiCloudKv.Server.Commands;

/// <summary>MATCH, COUNT and TYPE of the SCAN family.</summary>
internal ref struct ScanOptions
{
    private const long CountDefault = 10;

    private ReadOnlySpan<byte> _pattern;
    private bool _matches;

    public long Count { get; private set; }

    public ReadOnlySpan<byte> Type { get; private set; }

    public bool HasType { get; private set; }

    public readonly byte[]? Pattern => _matches ? _pattern.ToArray() : null;

    /// <summary>Reads the options from an argument on; otherwise answers the error and returns false.</summary>
    public static bool TryParse(CommandContext ctx, int from, bool mayHaveType, out ScanOptions parsed)
    {
        parsed = new ScanOptions { Count = CountDefault };
        ArgCursor options = ctx.Options(from);
        while (!options.AtEnd)
        {
            if (options.Take("COUNT"u8, 1))
            {
                if (!ctx.TryInt64(options.Next(), out long count))
                    return false;
                if (count < 1)
                    return Fail(ctx);
                parsed.Count = count;
            }
            else if (options.Take("MATCH"u8, 1))
            {
                parsed._pattern = options.Next();
                parsed._matches = !GlobPattern.IsAll(parsed._pattern);
            }
            else if (mayHaveType && options.Take("TYPE"u8, 1))
            {
                parsed.Type = options.Next();
                parsed.HasType = true;
            }
            else
            {
                return Fail(ctx);
            }
        }

        return true;
    }

    /// <summary>Reads a cursor as strtoul(3) does, sign and all; otherwise answers the error and returns false.</summary>
    public static bool TryParseCursor(CommandContext ctx, int index, out ulong cursor)
    {
        ReadOnlySpan<byte> text = ctx.Args[index];
        bool negative = !text.IsEmpty && text[0] == (byte)'-';
        bool signed = negative || (!text.IsEmpty && text[0] == (byte)'+');
        cursor = 0;
        if (text.IsEmpty || RespNumbers.TryParseUInt64(signed ? text[1..] : text, out cursor))
        {
            cursor = negative ? 0 - cursor : cursor;
            return true;
        }

        ctx.Reply.Error(RespErrors.InvalidCursor);
        return false;
    }

    private static bool Fail(CommandContext ctx)
    {
        ctx.SyntaxError();
        return false;
    }
}
