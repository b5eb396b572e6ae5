using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MultiCloudKv.Foundation;

/// <summary>
/// Names one past of a node's data directory: random, made with the directory and again whenever it is opened at anything but its own
/// end. Equal positions in different histories say nothing about each other.
/// </summary>
public readonly record struct HistoryId(ulong High, ulong Low)
{
    public const int Length = 16;

    public static HistoryId None => default;

    public static HistoryId NewRandom()
    {
        Span<byte> bytes = stackalloc byte[Length];
        RandomNumberGenerator.Fill(bytes);
        return Read(bytes);
    }

    public static HistoryId Read(ReadOnlySpan<byte> from) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(from), BinaryPrimitives.ReadUInt64BigEndian(from[8..]));

    public static HistoryId Parse(string hex) => Read(Convert.FromHexString(hex));

    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt64BigEndian(to, High);
        BinaryPrimitives.WriteUInt64BigEndian(to[8..], Low);
    }

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => $"{High:x16}{Low:x16}";
}
