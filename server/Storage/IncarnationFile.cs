using System.Buffers.Binary;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// The incarnation a node lives in, where it has gone beyond its configuration's: forced to take writes although nothing
/// proved that none of its own were missing, it became another one.
/// <code>incarnation u32 | crc32c u32, little-endian</code>
/// </summary>
internal static class IncarnationFile
{
    private const int Length = 8;

    public static uint Read(string directory, uint configured)
    {
        string path = PathOf(directory);
        if (!File.Exists(path))
            return configured;
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length != Length || Crc32C.Compute(bytes.AsSpan(0, 4)) != BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)))
            throw new EnvironmentException($"{path} is corrupt; restore it from a backup of the directory", ExitCodes.DataAtRisk);
        return Math.Max(configured, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
    }

    public static void Write(string directory, uint incarnation)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, incarnation);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], Crc32C.Compute(bytes[..4]));
        Durable.Replace(PathOf(directory), bytes);
    }

    private static string PathOf(string directory) => Path.Combine(directory, "incarnation");
}
