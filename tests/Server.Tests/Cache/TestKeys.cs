using System.Buffers.Binary;
using System.Text;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Tests.Cache;

/// <summary>Record keys as the merge rules build them.</summary>
internal static class TestKeys
{
    internal const byte MetaKind = 0x10;
    internal const byte ElementKind = 0x20;
    internal const byte ScoreKind = 0x21;
    internal const byte ExpiryKind = 0x30;

    internal static byte[] Meta(int slot, string key) => Prefix(MetaKind, slot, key);

    internal static byte[] Element(int slot, string key, ulong version, string element) =>
        [.. ChainOf(ElementKind, slot, key, version), 2, .. Encoding.UTF8.GetBytes(element)];

    internal static byte[] Score(int slot, string key, ulong version, ulong score, string member) =>
        [.. ChainOf(ScoreKind, slot, key, version), .. BigEndian(score), .. Encoding.UTF8.GetBytes(member)];

    internal static byte[] Expiry(int slot, long ms, string key) =>
        [ExpiryKind, (byte)(slot >> 8), (byte)slot, .. BigEndian((ulong)ms), 0, (byte)key.Length, .. Encoding.UTF8.GetBytes(key)];

    internal static byte[] ChainOf(byte kind, int slot, string key, ulong version) => [.. Prefix(kind, slot, key), .. BigEndian(version)];

    internal static byte[] SlotLow(byte kind, int slot) => [kind, (byte)(slot >> 8), (byte)slot];

    internal static byte[] SlotHigh(byte kind, int slot) => SlotLow(kind, slot + 1);

    /// <summary>The exclusive end of a prefix.</summary>
    internal static byte[] End(byte[] prefix)
    {
        int length = prefix.Length;
        while (prefix[length - 1] == 0xff)
            length--;
        byte[] end = prefix[..length];
        end[^1]++;
        return end;
    }

    private static byte[] Prefix(byte kind, int slot, string key)
    {
        byte[] name = Encoding.UTF8.GetBytes(key);
        Span<byte> length = stackalloc byte[VarInt.MaxLength];
        int n = VarInt.Write(length, (ulong)name.Length);
        return [kind, (byte)(slot >> 8), (byte)slot, 0, .. length[..n], .. name];
    }

    private static byte[] BigEndian(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
