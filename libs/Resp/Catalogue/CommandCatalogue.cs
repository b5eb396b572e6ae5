using System.Buffers.Binary;

namespace MultiCloudKv.Resp.Catalogue;

/// <summary>
/// All commands, found by name without regard to case and without making a string: an open-addressed table over a hash of
/// the first eight bytes and the length, so that a lookup is one multiplication and one comparison.
/// </summary>
public static class CommandCatalogue
{
    private const int NameLengthMax = 32;
    private const int TableBits = 10;

    private static readonly CommandRow?[] Table = new CommandRow?[1 << TableBits];

    static CommandCatalogue()
    {
        Commands = [.. StringRows.All, .. KeyRows.All, .. HashRows.All, .. SetRows.All, .. SortedSetRows.All, .. TransactionRows.All, .. ConnectionRows.All, .. ServerRows.All];
        var all = new List<CommandRow>();
        foreach (CommandRow row in Commands)
        {
            row.Id = all.Count;
            all.Add(row);
            foreach (CommandRow sub in row.Subcommands)
            {
                sub.Id = all.Count;
                all.Add(sub);
            }

            uint at = Hash(row.NameBytes);
            while (Table[at] is not null)
                at = (at + 1) & ((1 << TableBits) - 1);
            Table[at] = row;
        }

        All = all;
    }

    /// <summary>Commands without their subcommands.</summary>
    public static IReadOnlyList<CommandRow> Commands { get; }

    /// <summary>Commands and subcommands; the index is <see cref="CommandRow.Id"/>.</summary>
    public static IReadOnlyList<CommandRow> All { get; }

    /// <summary>The command of that name, in any case; null when there is none.</summary>
    public static CommandRow? Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.Length > NameLengthMax)
            return null;
        uint at = Hash(name);
        while (Table[at] is { } row)
        {
            if (EqualsIgnoreCase(row.NameBytes, name))
                return row;
            at = (at + 1) & ((1 << TableBits) - 1);
        }

        return null;
    }

    public static CommandRow? FindSubcommand(CommandRow container, ReadOnlySpan<byte> name)
    {
        foreach (CommandRow sub in container.Subcommands)
        {
            if (EqualsIgnoreCase(sub.ShortName, name))
                return sub;
        }

        return null;
    }

    /// <summary>Compares with a text that is lower case already; only ASCII letters fold.</summary>
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> lower, ReadOnlySpan<byte> text)
    {
        if (lower.Length != text.Length)
            return false;
        for (int i = 0; i < lower.Length; i++)
        {
            byte b = text[i];
            if (b != lower[i] && ((uint)(b - 'A') > 'Z' - 'A' || (b | 0x20) != lower[i]))
                return false;
        }

        return true;
    }

    private static uint Hash(ReadOnlySpan<byte> name)
    {
        ulong head;
        if (name.Length >= 8)
        {
            head = BinaryPrimitives.ReadUInt64LittleEndian(name) ^ (ulong)(name[^1] | 0x20) << 32;
        }
        else
        {
            head = 0;
            foreach (byte b in name)
                head = (head << 8) | b;
        }

        head |= 0x2020_2020_2020_2020;
        return (uint)(((head + ((ulong)name.Length << 56)) * 0x9E37_79B9_7F4A_7C15) >> (64 - TableBits));
    }
}
