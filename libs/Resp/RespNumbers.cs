using System.Buffers.Text;
using System.Globalization;

namespace MultiCloudKv.Resp;

/// <summary>Numbers in the text forms that Redis takes and writes: stricter on the way in than the runtime, and with its own rounding on the way out.</summary>
public static class RespNumbers
{
    /// <summary>Room that <see cref="FormatDouble"/> needs.</summary>
    public const int DoubleBytesMax = 40;

    private const int Int64DigitsMax = 20;
    private const int ExactDigitsMax = 15;
    private const double ExactIntegerMax = 1e15;

    /// <summary>A 64-bit integer in its one canonical form: no blanks, no plus, no leading zeros, no "-0".</summary>
    public static bool TryParseInt64(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty || text.Length > Int64DigitsMax)
            return false;
        bool negative = text[0] == (byte)'-';
        ReadOnlySpan<byte> digits = negative ? text[1..] : text;
        if (digits.IsEmpty)
            return false;
        if (digits[0] == (byte)'0')
            return text.Length == 1;
        ulong sum = 0;
        foreach (byte b in digits)
        {
            uint digit = (uint)(b - '0');
            if (digit > 9 || sum > (ulong.MaxValue - digit) / 10)
                return false;
            sum = (sum * 10) + digit;
        }

        if (sum > (negative ? 1UL << 63 : long.MaxValue))
            return false;
        value = negative ? (long)(0 - sum) : (long)sum;
        return true;
    }

    /// <summary>An unsigned 64-bit integer of digits only; leading zeros are allowed (cursors).</summary>
    public static bool TryParseUInt64(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        if (text.IsEmpty)
            return false;
        foreach (byte b in text)
        {
            uint digit = (uint)(b - '0');
            if (digit > 9 || value > (ulong.MaxValue - digit) / 10)
                return false;
            value = (value * 10) + digit;
        }

        return true;
    }

    /// <summary>
    /// A double as strtod(3) reads it: decimal with optional sign, point and exponent, hexadecimal with an optional binary
    /// exponent, or inf / infinity in any case. Not: blanks,
    /// "nan", what overflows, what is not 0 but too small to be anything else.
    /// </summary>
    public static bool TryParseDouble(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        if (text.IsEmpty)
            return false;
        if (TryParseDigits(text, out value))
            return true;
        ReadOnlySpan<byte> unsigned = text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        if (unsigned.IsEmpty)
            return false;
        if (unsigned[0] is not (>= (byte)'0' and <= (byte)'9') and not (byte)'.')
        {
            if (!Catalogue.CommandCatalogue.EqualsIgnoreCase("inf"u8, unsigned) && !Catalogue.CommandCatalogue.EqualsIgnoreCase("infinity"u8, unsigned))
                return false;
            value = text[0] == (byte)'-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        if (unsigned.Length > 2 && unsigned[0] == (byte)'0' && (unsigned[1] | 0x20) == 'x')
            return TryParseHexadecimal(unsigned[2..], text[0] == (byte)'-', out value);
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(text, Style, CultureInfo.InvariantCulture, out value) || double.IsInfinity(value))
            return false;
        return value != 0 || !HasNonZeroDigit(unsigned);
    }

    /// <summary>The short way for what most scores are: digits alone, few enough that every such number is a double.</summary>
    private static bool TryParseDigits(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        if (text.Length > ExactDigitsMax)
            return false;
        long number = 0;
        foreach (byte b in text)
        {
            uint digit = (uint)(b - '0');
            if (digit > 9)
                return false;
            number = (number * 10) + digit;
        }

        value = number;
        return true;
    }

    /// <summary>C's %.17g: the fewest characters of 17 significant digits; inf, -inf and nan by name. Returns the number of bytes.</summary>
    public static int FormatDouble(double value, Span<byte> to)
    {
        if (double.IsNaN(value))
            return Copy("nan"u8, to);
        if (double.IsInfinity(value))
            return Copy(value > 0 ? "inf"u8 : "-inf"u8, to);
        if (Math.Abs(value) < ExactIntegerMax && value == Math.Truncate(value))
        {
            if (value == 0)
                return Copy(double.IsNegative(value) ? "-0"u8 : "0"u8, to);
            Utf8Formatter.TryFormat((long)value, to, out int written);
            return written;
        }

        return FormatGeneral(value, to);
    }

    private static int FormatGeneral(double value, Span<byte> to)
    {
        const int Significant = 17;
        Span<byte> scientific = stackalloc byte[DoubleBytesMax];
        value.TryFormat(scientific, out int length, "E16", CultureInfo.InvariantCulture);
        ReadOnlySpan<byte> s = scientific[..length];
        int at = 0;
        if (s[0] == (byte)'-')
        {
            to[at++] = (byte)'-';
            s = s[1..];
        }

        // s is "d.dddddddddddddddddE±ddd"
        Span<byte> digits = stackalloc byte[Significant];
        digits[0] = s[0];
        s.Slice(2, Significant - 1).CopyTo(digits[1..]);
        int exponent = int.Parse(s[(Significant + 2)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int last = digits.Length;
        while (last > 1 && digits[last - 1] == (byte)'0')
            last--;
        digits = digits[..last];

        if (exponent is < -4 or >= Significant)
        {
            to[at++] = digits[0];
            if (digits.Length > 1)
            {
                to[at++] = (byte)'.';
                at += Copy(digits[1..], to[at..]);
            }

            to[at++] = (byte)'e';
            to[at++] = exponent < 0 ? (byte)'-' : (byte)'+';
            int magnitude = Math.Abs(exponent);
            if (magnitude < 10)
                to[at++] = (byte)'0';
            Utf8Formatter.TryFormat(magnitude, to[at..], out int written);
            return at + written;
        }

        if (exponent < 0)
        {
            at += Copy("0."u8, to[at..]);
            to.Slice(at, -exponent - 1).Fill((byte)'0');
            at += -exponent - 1;
            return at + Copy(digits, to[at..]);
        }

        int whole = exponent + 1;
        if (digits.Length <= whole)
        {
            at += Copy(digits, to[at..]);
            to.Slice(at, whole - digits.Length).Fill((byte)'0');
            return at + whole - digits.Length;
        }

        at += Copy(digits[..whole], to[at..]);
        to[at++] = (byte)'.';
        return at + Copy(digits[whole..], to[at..]);
    }

    private static bool TryParseHexadecimal(ReadOnlySpan<byte> text, bool negative, out double value)
    {
        value = 0;
        int digits = 0, exponent = 0, at = 0;
        bool fraction = false;
        for (; at < text.Length; at++)
        {
            byte b = text[at];
            int digit = b is >= (byte)'0' and <= (byte)'9' ? b - '0' : (b | 0x20) is >= 'a' and <= 'f' ? (b | 0x20) - 'a' + 10 : -1;
            if (digit >= 0)
            {
                value = (value * 16) + digit;
                exponent -= fraction ? 4 : 0;
                digits++;
            }
            else if (b == (byte)'.' && !fraction)
            {
                fraction = true;
            }
            else
            {
                break;
            }
        }

        int shift = 0;
        if (digits == 0 || (at < text.Length && ((text[at] | 0x20) != 'p' || !Utf8Parser.TryParse(text[(at + 1)..], out shift, out int used) || used != text.Length - at - 1)))
            return false;
        value = Math.ScaleB(negative ? -value : value, Math.Clamp(shift, -5000, 5000) + exponent);
        return double.IsFinite(value);
    }

    private static bool HasNonZeroDigit(ReadOnlySpan<byte> text)
    {
        foreach (byte b in text)
        {
            if (b is (byte)'e' or (byte)'E')
                return false;
            if (b is >= (byte)'1' and <= (byte)'9')
                return true;
        }

        return false;
    }

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> to)
    {
        text.CopyTo(to);
        return text.Length;
    }
}
