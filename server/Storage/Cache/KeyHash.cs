using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MultiCloudKv.Server.Storage.Cache;

/// <summary>
/// The hash of record keys: 64 x 64 to 128 bit multiplications folded by exclusive or, sixteen bytes a step, keyed by
/// random words drawn at start, so that no client can choose keys that collide.
/// </summary>
internal static class KeyHash
{
    private static readonly ulong Key0 = RandomWord();
    private static readonly ulong Key1 = RandomWord();
    private static readonly ulong Key2 = RandomWord();

    internal static ulong Of(ReadOnlySpan<byte> key)
    {
        ref byte p = ref MemoryMarshal.GetReference(key);
        int n = key.Length;
        ulong state = Key0 ^ (ulong)n;
        ulong a;
        ulong b;
        if (n > 16)
        {
            int left = n;
            do
            {
                state = Fold(Word(ref p) ^ Key1, Word(ref Unsafe.Add(ref p, 8)) ^ state);
                p = ref Unsafe.Add(ref p, 16);
                left -= 16;
            }
            while (left > 16);
            a = Word(ref Unsafe.Add(ref p, left - 16));
            b = Word(ref Unsafe.Add(ref p, left - 8));
        }
        else if (n >= 8)
        {
            a = Word(ref p);
            b = Word(ref Unsafe.Add(ref p, n - 8));
        }
        else if (n >= 4)
        {
            a = Half(ref p);
            b = Half(ref Unsafe.Add(ref p, n - 4));
        }
        else
        {
            a = n > 0 ? ((ulong)p << 16) | ((ulong)Unsafe.Add(ref p, n >> 1) << 8) | Unsafe.Add(ref p, n - 1) : 0;
            b = 0;
        }

        return Fold(Fold(a ^ Key1, b ^ state), Key2 ^ (ulong)n);
    }

    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    private static ulong Word(ref byte p) => Unsafe.ReadUnaligned<ulong>(ref p);

    private static ulong Half(ref byte p) => Unsafe.ReadUnaligned<uint>(ref p);

    private static ulong RandomWord() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;
}
