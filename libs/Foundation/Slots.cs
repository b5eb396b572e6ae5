namespace MultiCloudKv.Foundation;

/// <summary>
/// Hash slots as in the Redis Cluster specification: CRC16 (XMODEM) of the key, or of what stands between the first
/// '{' and the next '}' when that is not empty, modulo 16384.
/// </summary>
public static class Slots
{
    /// <summary>Number of hash slots.</summary>
    public const int Count = 16384;

    private static readonly ushort[] Table = BuildTable();

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

    /// <summary>CRC16/XMODEM: polynomial 0x1021, initial value 0, not reflected.</summary>
    public static ushort Crc16(ReadOnlySpan<byte> data)
    {
        ushort crc = 0;
        ushort[] table = Table;
        foreach (byte b in data)
            crc = (ushort)((crc << 8) ^ table[(byte)((crc >> 8) ^ b)]);
        return crc;
    }

    private static ushort[] BuildTable()
    {
        var table = new ushort[256];
        for (int i = 0; i < 256; i++)
        {
            int crc = i << 8;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            table[i] = (ushort)crc;
        }

        return table;
    }
}
