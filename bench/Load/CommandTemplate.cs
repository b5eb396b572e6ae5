using System.Text;

namespace MultiCloudKv.Load;

/// <summary>
/// One command as bytes whose digits and value are filled in per use. Keys end in twelve digits. A collection element is
/// number r of the key space as element r % 10 of key r / 10, or element r of one single key.
/// </summary>
internal sealed class CommandTemplate
{
    private const int Digits = 12;
    private const int ElementsPerKey = 10;
    private const int KeysPerMGet = 10;

    private static readonly uint[] FourDigits = [.. Enumerable.Range(0, 10_000).Select(FourAsBytes)];

    private readonly byte[] _bytes;
    private readonly int[] _keys;
    private readonly int _element;
    private readonly int _score;
    private readonly int _value;
    private readonly int _valueBytes;
    private readonly bool _oneKey;

    private CommandTemplate(byte[] bytes, bool oneKey)
    {
        _oneKey = oneKey;
        _bytes = bytes;
        _keys = Positions('k', Digits);
        _element = Positions('e', Digits).FirstOrDefault(-1);
        _score = Positions('s', Digits).FirstOrDefault(-1);
        _value = Array.IndexOf(bytes, (byte)1);
        _valueBytes = bytes.Count(value => value == 1);
    }

    public int Length => _bytes.Length;

    public static CommandTemplate For(CommandKind kind, int valueBytes, bool oneKey)
    {
        string key = new('k', Digits), element = new('e', Digits), score = new('s', Digits), value = new('\u0001', valueBytes);
        string[] arguments = kind switch
        {
            CommandKind.Set => ["SET", "KEY:" + key, value],
            CommandKind.Get => ["GET", "KEY:" + key],
            CommandKind.Incr => ["INCR", "COUNTER:" + key],
            CommandKind.HSet => ["HSET", "HASH:" + key, "F:" + element, value],
            CommandKind.SAdd => ["SADD", "SET:" + key, "M:" + element],
            CommandKind.ZAdd => ["ZADD", "ZSET:" + key, score, "M:" + element],
            CommandKind.MGet => ["MGET", .. Enumerable.Repeat("KEY:" + key, KeysPerMGet)],
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        StringBuilder text = new();
        text.Append('*').Append(arguments.Length).Append("\r\n");
        foreach (string argument in arguments)
            text.Append('$').Append(argument.Length).Append("\r\n").Append(argument).Append("\r\n");
        return new CommandTemplate(Encoding.Latin1.GetBytes(text.ToString()), oneKey);
    }

    /// <summary>Writes one command for number <paramref name="number"/> of the key space (the first of its keys; more are drawn).</summary>
    public void Write(Span<byte> target, long number, long keySpace, ref RandomNumbers random, ReadOnlySpan<byte> values)
    {
        _bytes.CopyTo(target);
        if (_element >= 0)
        {
            WriteDigits(target[_keys[0]..], _oneKey ? 0 : number / ElementsPerKey);
            WriteDigits(target[_element..], _oneKey ? number : number % ElementsPerKey);
            if (_score >= 0)
                WriteDigits(target[_score..], random.Below(1_000_000));
        }
        else
        {
            WriteDigits(target[_keys[0]..], number);
            for (int index = 1; index < _keys.Length; index++)
                WriteDigits(target[_keys[index]..], random.Below(keySpace));
        }

        if (_valueBytes > 0)
            values.Slice((int)random.Below(values.Length - _valueBytes), _valueBytes).CopyTo(target[_value..]);
    }

    private int[] Positions(char marker, int run)
    {
        List<int> found = [];
        for (int index = 0; index + run <= _bytes.Length; index++)
        {
            if (_bytes.AsSpan(index, run).IndexOfAnyExcept((byte)marker) < 0)
            {
                found.Add(index);
                index += run - 1;
            }
        }

        return [.. found];
    }

    private static void WriteDigits(Span<byte> target, long number)
    {
        (long upper, long low) = Math.DivRem(number, 10_000);
        (long high, long middle) = Math.DivRem(upper, 10_000);
        BitConverter.TryWriteBytes(target, FourDigits[high]);
        BitConverter.TryWriteBytes(target[4..], FourDigits[middle]);
        BitConverter.TryWriteBytes(target[8..], FourDigits[low]);
    }

    private static uint FourAsBytes(int number) =>
        BitConverter.ToUInt32(Encoding.ASCII.GetBytes(number.ToString("D4", System.Globalization.CultureInfo.InvariantCulture)));
}
