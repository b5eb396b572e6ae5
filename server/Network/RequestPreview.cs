using MultiCloudKv.Foundation;
using MultiCloudKv.Server.Network.Epoll;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Network;

/// <summary>
/// Finds the first keys of the requests of a round and has their records brought near (<see cref="RecordPrefetcher"/>). The key is
/// taken to be the argument behind the command's name, as it is in nearly all commands. A guess that is wrong, or bytes
/// that are no request, cost a little time and change nothing: whoever executes parses for himself.
/// </summary>
/// <remarks>Used by one loop.</remarks>
internal sealed class RequestPreview(RecordCache cache) : IRoundPreview
{
    private const int KeyBytesMax = 256;
    private const int NumberDigitsMax = 7;

    private readonly RecordPrefetcher _records = new(cache);

    public bool HasRoom => _records.HasRoom;

    public void Add(ReadOnlySpan<byte> received)
    {
        int at = 0;
        while (_records.HasRoom && TryReadNumber(received, ref at, (byte)'*', out int arguments) && arguments > 0)
        {
            for (int i = 0; i < arguments; i++)
            {
                if (!TryReadNumber(received, ref at, (byte)'$', out int length) || length + 2 > received.Length - at)
                    return;
                if (i == 1 && length is > 0 and <= KeyBytesMax)
                {
                    ReadOnlySpan<byte> key = received.Slice(at, length);
                    _records.Add(Slots.Of(key), 0, key);
                }

                at += length + 2;
            }
        }
    }

    public void Finish() => _records.Finish();

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
