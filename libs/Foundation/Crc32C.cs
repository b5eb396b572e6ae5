using System.Buffers.Binary;
using System.Numerics;

namespace MultiCloudKv.Foundation;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4), by the processor's instruction where there is one.</summary>
public static class Crc32C
{
    /// <summary>Checksum of a whole buffer.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => ~Update(uint.MaxValue, data);

    /// <summary>Continues a running value. Start with <see cref="uint.MaxValue"/>, finish with the complement.</summary>
    public static uint Update(uint crc, ReadOnlySpan<byte> data)
    {
        while (data.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[8..];
        }

        foreach (byte b in data)
            crc = BitOperations.Crc32C(crc, b);
        return crc;
    }

    /// <summary>Continues a running value with one integer, little-endian.</summary>
    public static uint Update(uint crc, ulong value) => BitOperations.Crc32C(crc, value);
}
