using MultiCloudKv.Foundation;
using MultiCloudKv.Merge;
using MultiCloudKv.Resp;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Network;

/// <summary>
/// Finds the first keys of the requests of a round, and their first elements, and has the records of these brought near
/// (<see cref="RecordPrefetcher"/>, <see cref="ElementPrefetcher"/>). The key is taken to be the argument behind the command's name, as it is in nearly all
/// commands, the element the one behind the key where the name looks like that of a command on elements. A guess that is wrong, or bytes
/// that are no request, cost a little time and change nothing: whoever executes parses for himself.
/// </summary>
/// <remarks>Used by one loop.</remarks>
internal sealed class RequestPreview(RecordCache cache, SlotVectors vectors)
{
    private const int KeyBytesMax = 256;
    private const int NumberDigitsMax = 7;
    private const int ArgumentsSeen = 4;

    private readonly RecordPrefetcher _records = new(cache);
    private readonly ElementPrefetcher _elements = new(cache);

    public bool HasRoom => _records.HasRoom;

    /// <summary>What a connection received. The bytes stay as they are until <see cref="Finish"/>.</summary>
    public void Add(byte[] bytes, int start, int length)
    {
        ReadOnlySpan<byte> received = new(bytes, 0, start + length);
        Span<int> starts = stackalloc int[ArgumentsSeen];
        Span<int> lengths = stackalloc int[ArgumentsSeen];
        int at = start;
        while (_records.HasRoom && TryReadNumber(received, ref at, (byte)'*', out int arguments) && arguments > 0)
        {
            for (int i = 0; i < arguments; i++)
            {
                if (!TryReadNumber(received, ref at, (byte)'$', out int bulk) || bulk + 2 > received.Length - at)
                    return;
                if (i < ArgumentsSeen)
                {
                    starts[i] = at;
                    lengths[i] = bulk;
                }

                at += bulk + 2;
            }

            if (arguments > 1 && lengths[1] is > 0 and <= KeyBytesMax)
                Note(bytes, starts, lengths, arguments);
        }
    }

    public void Finish()
    {
        _records.Finish();
        _elements.Finish();
    }

    private void Note(byte[] bytes, ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths, int arguments)
    {
        ReadOnlySpan<byte> key = new(bytes, starts[1], lengths[1]);
        int slot = Slots.Of(key);
        _records.Add(slot, 0, key);
        vectors.Prefetch(slot);
        int element = ElementOf(new ReadOnlySpan<byte>(bytes, starts[0], lengths[0]), out bool scored);
        if (element == 0 || element >= arguments || lengths[element] > KeyBytesMax)
            return;
        double? score = scored && RespNumbers.TryParseDouble(new ReadOnlySpan<byte>(bytes, starts[2], lengths[2]), out double value) ? value : null;
        _elements.Add(new ElementUse { Bytes = bytes, KeyAt = starts[1], KeyLength = lengths[1], ElementAt = starts[element], ElementLength = lengths[element], Slot = slot, Score = score });
    }

    /// <summary>Which argument of a command is its first element, by its name; 0 for none.</summary>
    private static int ElementOf(ReadOnlySpan<byte> name, out bool scored)
    {
        scored = false;
        if (name.Length < 4)
            return 0;
        switch (name[0] | 0x20, name[1] | 0x20)
        {
            case ('h', 's' or 'g' or 'd' or 'e' or 'i' or 'm'):
            case ('s', 'a' or 'r' or 'i' or 'm'):
                return 2;
            case ('z', 'a'):
                scored = true;
                return 3;
            case ('z', 'i'):
                return 3;
            case ('z', 's' or 'r' or 'm'):
                return 2;
            default:
                return 0;
        }
    }

    /// <summary>Reads a mark, a number that is not negative, and the end of the line.</summary>
    private static bool TryReadNumber(ReadOnlySpan<byte> bytes, ref int at, byte mark, out int number)
    {
        number = 0;
        if (at >= bytes.Length || bytes[at] != mark)
            return false;
        int first = at + 1;
        int i = first;
        while (i < bytes.Length && (uint)(bytes[i] - '0') <= 9 && i - first < NumberDigitsMax)
            number = (number * 10) + (bytes[i++] - '0');
        at = i + 2;
        return i > first && at <= bytes.Length && bytes[i] == '\r';
    }
}
