using MultiCloudKv.Merge.Transactions;

namespace MultiCloudKv.Server.Keyspace;

/// <summary>
/// Any elements of a key. Records lie in byte order and can't be reached by number, so there are two ways:
/// <list type="bullet">
/// <item>Up to <see cref="ExactCountMax"/> elements, or when a good part of all is wanted: one pass over all. Every element is as likely.</item>
/// <item>Beyond: a descent. Between the first and the last element that share a prefix a next byte is drawn, the elements
/// that go on with it are the next range, and so on until one is left; then up to <see cref="StepsMax"/> steps ahead. This costs
/// two seeks for each byte in which the names differ. It is not even: an element is the likelier the emptier its
/// neighbourhood is, and names that are the beginning of others are likelier than those. Names of one length from one
/// alphabet (numbers with leading zeros, hashes, UUIDs) come out close to even.</item>
/// </list>
/// </summary>
internal static class ElementSampler
{
    public const int ExactCountMax = 4096;

    private const int StepsMax = 32;
    private const int DescentMax = 64;

    /// <summary>Elements looked up one by one; more are taken in one pass, which also needs no search for doubles.</summary>
    private const int DistinctDescentsMax = 512;
    private const int PassPerDescents = 64;

    /// <summary>So many different elements, or all there are.</summary>
    public static void TakeDistinct(KeyView key, long wanted, ref FastRandom random, ElementBuffer into)
    {
        long count = key.Count;
        wanted = Math.Min(wanted, count);
        if (wanted == count || count <= ExactCountMax || wanted > Math.Min(DistinctDescentsMax, count / PassPerDescents))
        {
            TakeInOnePass(key, count, wanted, ref random, into);
            return;
        }

        for (long attempts = wanted * 4; into.Count < wanted && attempts > 0; attempts--)
            TakeByDescent(key, ref random, into, distinct: true);
        if (into.Count < wanted)
        {
            into.Clear();
            TakeInOnePass(key, count, wanted, ref random, into);
        }
    }

    /// <summary>So many elements, the same one perhaps several times.</summary>
    public static void TakeAny(KeyView key, int wanted, ref FastRandom random, ElementBuffer into)
    {
        long count = key.Count;
        if (count > ExactCountMax && wanted <= count / PassPerDescents)
        {
            for (int i = 0; i < wanted; i++)
                TakeByDescent(key, ref random, into, distinct: false);
            return;
        }

        if (wanted == 1)
        {
            TakeInOnePass(key, count, 1, ref random, into);
            return;
        }

        var all = new ElementBuffer();
        TakeInOnePass(key, count, count, ref random, all);
        for (int i = 0; i < wanted; i++)
        {
            int at = (int)random.Next(all.Count);
            into.Add(all[at], all.ScoreOf(at));
        }
    }

    /// <summary>Selection sampling: each element is taken with the odds of those still wanted among those still to come.</summary>
    private static void TakeInOnePass(KeyView key, long count, long wanted, ref FastRandom random, ElementBuffer into)
    {
        using ElementCursor cursor = key.Scan();
        for (long left = count; wanted > 0 && cursor.MoveNext(); left--)
        {
            if (wanted < left && random.Next(left) >= wanted)
                continue;
            into.Add(cursor.Element, cursor.Score);
            wanted--;
        }
    }

    private static void TakeByDescent(KeyView key, ref FastRandom random, ElementBuffer into, bool distinct)
    {
        byte[] low = FirstFrom(key, default);
        byte[] high = LastUpTo(key, default);
        for (int depth = 0; depth < DescentMax && !low.AsSpan().SequenceEqual(high); depth++)
        {
            int shared = low.AsSpan().CommonPrefixLength(high);
            int lowest = shared < low.Length ? low[shared] : -1;
            int drawn = lowest + (int)random.Next(high[shared] - lowest + 1);
            if (drawn < 0)
                break;
            byte[] bound = [.. low.AsSpan(0, shared), (byte)drawn];
            if (drawn != lowest)
                low = FirstFrom(key, bound);
            if (low[shared] != high[shared])
                high = LastBelow(key, [.. low.AsSpan(0, shared), (byte)(low[shared] + 1)]);
        }

        using ElementCursor cursor = key.Scan(low);
        long steps = random.Next(StepsMax);
        bool found = cursor.MoveNext();
        while (steps-- > 0 && cursor.MoveNext())
            found = true;
        if (steps >= 0)
        {
            // The end came first: the walk's start is as good.
            if (!distinct || !into.Contains(low))
                AddNamed(key, low, into);
        }
        else if (found && (!distinct || !into.Contains(cursor.Element)))
        {
            into.Add(cursor.Element, cursor.Score);
        }
    }

    private static void AddNamed(KeyView key, byte[] element, ElementBuffer into)
    {
        using ElementCursor cursor = key.Scan(element);
        if (cursor.MoveNext())
            into.Add(cursor.Element, cursor.Score);
    }

    private static byte[] FirstFrom(KeyView key, ReadOnlySpan<byte> bound)
    {
        using ElementCursor cursor = key.Scan(bound);
        return cursor.MoveNext() ? cursor.Element.ToArray() : [];
    }

    private static byte[] LastUpTo(KeyView key, ReadOnlySpan<byte> bound)
    {
        using ElementCursor cursor = key.Scan(bound, reverse: true);
        return cursor.MoveNext() ? cursor.Element.ToArray() : [];
    }

    private static byte[] LastBelow(KeyView key, ReadOnlySpan<byte> bound)
    {
        using ElementCursor cursor = key.Scan(bound, reverse: true);
        while (cursor.MoveNext())
        {
            if (!cursor.Element.SequenceEqual(bound))
                return cursor.Element.ToArray();
        }

        return [];
    }
}
