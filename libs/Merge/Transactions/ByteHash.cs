using System.Buffers.Binary;
using System.Numerics;

namespace MultiCloudKv.Merge.Transactions;

/// <summary>A fast hash of bytes for sets that live no longer than a transaction; never stored.</summary>
internal static class ByteHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length * Multiplier;
        while (bytes.Length >= 8)
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        ulong tail = 0;
        foreach (byte b in bytes)
            tail = (tail << 8) | b;
        return Mix(hash, tail);
    }

    private static ulong Mix(ulong hash, ulong word)
    {
        hash = (hash ^ word) * Multiplier;
        return BitOperations.RotateLeft(hash, 29);
    }
}
