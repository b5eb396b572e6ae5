namespace MultiCloudKv.Foundation;

/// <summary>Unsigned LEB128 integers: seven bits a byte, low bits first, at most ten bytes. ZigZag for signed ones.</summary>
public static class VarInt
{
    public const int MaxLength = 10;

    /// <summary>Number of bytes <paramref name="value"/> takes.</summary>
    public static int LengthOf(ulong value) => value == 0 ? 1 : (System.Numerics.BitOperations.Log2(value) / 7) + 1;

    /// <summary>Writes at the start of <paramref name="to"/> and returns the number of bytes written.</summary>
    public static int Write(Span<byte> to, ulong value)
    {
        int i = 0;
        while (value >= 0x80)
        {
            to[i++] = (byte)(value | 0x80);
            value >>= 7;
        }

        to[i++] = (byte)value;
        return i;
    }

    /// <summary>Reads at the start of <paramref name="from"/>. Returns the number of bytes read, 0 when it is truncated or longer than 64 bits.</summary>
    public static int TryRead(ReadOnlySpan<byte> from, out ulong value)
    {
        value = 0;
        int shift = 0;
        for (int i = 0; i < from.Length && i < MaxLength; i++)
        {
            byte b = from[i];
            if (i == MaxLength - 1 && b > 1)
                return 0;
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return i + 1;
            shift += 7;
        }

        return 0;
    }

    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
