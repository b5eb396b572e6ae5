namespace MultiCloudKv.Foundation;

/// <summary>
/// Hash slots as in the Redis Cluster specification: CRC16 (XMODEM) of the key, or of what stands between the first
/// '{' and the next '}' when that is not empty, modulo 16384.
/// </summary>
public static class Slots
{
    /// <summary>Number of hash slots.</summary>
    public const int Count = 16384;

    private static readonly ushort[] Tables = BuildTables();

    /// <summary>The slot of a key, 0 to 16383.</summary>
    public static int Of(ReadOnlySpan<byte> key)
    {
        int open = key.IndexOf((byte)'{');
        if (open >= 0)
        {
            int length = key[(open + 1)..].IndexOf((byte)'}');
            if (length > 0)
                key = key.Slice(open + 1, length);
        }

        return Crc16(key) & (Count - 1);
    }

    /// <summary>CRC16/XMODEM: polynomial 0x1021, initial value 0, not reflected. Four bytes a step, by one table for each distance from the step's end.</summary>
    public static ushort Crc16(ReadOnlySpan<byte> data)
    {
        int crc = 0;
        ReadOnlySpan<ushort> tables = Tables;
        for (; data.Length >= 4; data = data[4..])
        {
            crc = tables[(3 * 256) + (data[0] ^ (crc >> 8))] ^ tables[(2 * 256) + (data[1] ^ (crc & 0xff))] ^ tables[256 + data[2]] ^ tables[data[3]];
        }

        foreach (byte b in data)
            crc = ((crc << 8) & 0xffff) ^ tables[(crc >> 8) ^ b];
        return (ushort)crc;
    }

    /// <summary>Table t, entry b: the remainder of byte b followed by t bytes of 0.</summary>
    private static ushort[] BuildTables()
    {
        ushort[] tables = new ushort[4 * 256];
        for (int i = 0; i < tables.Length; i++)
        {
            int crc = i < 256 ? i << 8 : tables[i - 256];
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            tables[i] = (ushort)crc;
        }

        return tables;
    }
}
