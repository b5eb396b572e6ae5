using System.Buffers;
using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>Parts and lengths of strings.</summary>
internal static class StringRangeCommands
{
    /// <summary>A string may not grow beyond what a client could send in one piece.</summary>
    private const int StringBytesMax = 512 * 1024 * 1024;

    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("append", Append),
        ("strlen", StrLen),
        ("setrange", SetRange),
        ("getrange", GetRange),
        ("substr", GetRange),
    ];

    private static void Append(CommandContext ctx)
    {
        if (!ctx.TryOpen(1, ElementType.String, out KeyView key))
            return;
        ReadOnlySpan<byte> tail = ctx.Args[2];
        int length = key.Exists ? key.StringValue.Length : 0;
        if ((long)length + tail.Length > StringBytesMax)
        {
            ctx.Reply.Error(RespErrors.StringTooLong);
            return;
        }

        WritePatched(key, length, length, tail);
        ctx.Reply.Integer(length + tail.Length);
    }

    private static void StrLen(CommandContext ctx)
    {
        if (ctx.TryOpen(1, ElementType.String, out KeyView key))
            ctx.Reply.Integer(key.Exists ? key.StringValue.Length : 0);
    }

    private static void SetRange(CommandContext ctx)
    {
        if (!ctx.TryInt64(2, out long offset))
            return;
        if (offset < 0)
        {
            ctx.Reply.Error(RespErrors.OffsetOutOfRange);
            return;
        }

        if (!ctx.TryOpen(1, ElementType.String, out KeyView key))
            return;
        ReadOnlySpan<byte> patch = ctx.Args[3];
        int length = key.Exists ? key.StringValue.Length : 0;
        if (patch.IsEmpty)
        {
            ctx.Reply.Integer(length);
            return;
        }

        if (offset > StringBytesMax - patch.Length)
        {
            ctx.Reply.Error(RespErrors.StringTooLong);
            return;
        }

        WritePatched(key, length, (int)offset, patch);
        ctx.Reply.Integer(Math.Max(length, offset + patch.Length));
    }

    private static void GetRange(CommandContext ctx)
    {
        if (!ctx.TryInt64(2, out long start) || !ctx.TryInt64(3, out long end) || !ctx.TryOpen(1, ElementType.String, out KeyView key))
            return;
        ReadOnlySpan<byte> value = key.Exists ? key.StringValue : default;
        if (start < 0 && end < 0 && start > end)
            value = default;
        start = Math.Max(start < 0 ? value.Length + start : start, 0);
        end = Math.Min(Math.Max(end < 0 ? value.Length + end : end, 0), value.Length - 1L);
        ctx.Reply.Bulk(start > end ? default : value[(int)start..(int)(end + 1)]);
    }

    /// <summary>Writes the string with bytes put in at an offset, zeros between its end and them.</summary>
    private static void WritePatched(KeyView key, int length, int offset, ReadOnlySpan<byte> patch)
    {
        int total = Math.Max(length, offset + patch.Length);
        byte[] rented = ArrayPool<byte>.Shared.Rent(total);
        Span<byte> value = rented.AsSpan(0, total);
        if (length > 0)
            key.StringValue.CopyTo(value);
        value[length..].Clear();
        patch.CopyTo(value[offset..]);
        key.WriteString(value);
        ArrayPool<byte>.Shared.Return(rented);
    }
}
