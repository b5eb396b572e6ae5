using MultiCloudKv.Merge;
using MultiCloudKv.Merge.Transactions;

namespace MultiCloudKv.Server.Commands;

/// <summary>MEMORY USAGE: what a key's records take, estimated from its first elements.</summary>
internal static class MemoryCommands
{
    /// <summary>Bytes of a record beyond those of its key and value, and of the key's prefix in it.</summary>
    private const long RecordOverhead = 64;
    private const long SamplesDefault = 5;

    public static IEnumerable<(string Name, CommandHandler Handler)> Handlers =>
    [
        ("memory|usage", Usage),
        ("memory|help", HelpText.Write),
    ];

    private static void Usage(CommandContext ctx)
    {
        long samples = SamplesDefault;
        ArgCursor options = ctx.Options(3);
        while (!options.AtEnd)
        {
            if (!options.Take("SAMPLES"u8, 1))
            {
                ctx.SyntaxError();
                return;
            }

            if (!ctx.TryInt64(options.Next(), out samples))
                return;
            if (samples < 0)
            {
                ctx.SyntaxError();
                return;
            }
        }

        KeyView key = ctx.Open(2);
        if (!key.Exists)
        {
            ctx.Reply.Null();
            return;
        }

        long name = ctx.Args[2].Length + RecordOverhead;
        ctx.Reply.Integer(name + (key.Type == ElementType.String ? key.StringValue.Length : OfElements(key, name, samples)));
    }

    /// <param name="samples">0: all elements.</param>
    private static long OfElements(KeyView key, long name, long samples)
    {
        long seen = 0, bytes = 0;
        using ElementCursor cursor = key.Scan();
        while ((samples == 0 || seen < samples) && cursor.MoveNext())
        {
            bytes += name + cursor.Element.Length + cursor.Value.Length;
            seen++;
        }

        return seen == 0 ? 0 : (long)((double)bytes / seen * key.Count);
    }
}
