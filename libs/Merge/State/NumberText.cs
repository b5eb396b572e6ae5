using System.Buffers.Text;
using System.Globalization;
using System.Text;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.State;

/// <summary>
/// Numbers as text, the way Redis writes and reads them: integers strictly (no sign but '-', no leading zero, no space),
/// fractions without exponent and without trailing zeros, at most 17 digits after the point.
/// </summary>
public static class NumberText
{
    /// <summary>Longest text of a number: a double near 1e308 written out.</summary>
    public const int LengthMax = 352;

    private const int FractionDigitsMax = 17;
    private const int IntegerTextMax = 20;
    private const int DecimalDigitsMax = 28;

    /// <summary>Reads an integer by the strict form. "-0", "+1", "01" and " 1" are none.</summary>
    public static bool TryParseInteger(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty || text.Length > IntegerTextMax)
            return false;
        ReadOnlySpan<byte> digits = text[0] == '-' ? text[1..] : text;
        if (digits.IsEmpty || digits[0] is < (byte)'0' or > (byte)'9' || (digits[0] == '0' && text.Length > 1))
            return false;
        return Utf8Parser.TryParse(text, out value, out int used) && used == text.Length;
    }

    /// <summary>
    /// Reads an integer or a finite number with fraction or exponent: an integer where the strict form fits, a decimal where
    /// 28 digits hold it, else a double.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Number number)
    {
        if (TryParseInteger(text, out long integer))
        {
            number = Number.Of(integer);
            return true;
        }

        number = default;
        if (!IsFloatForm(text, out int digits))
            return false;
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(text, style, CultureInfo.InvariantCulture, out double dbl) || !double.IsFinite(dbl))
            return false;
        bool small = Math.Abs(dbl) < 7.9e27 && digits <= DecimalDigitsMax;
        number = small && decimal.TryParse(text, style, CultureInfo.InvariantCulture, out decimal dec) && (double)dec == dbl
            ? Number.Of(dec)
            : Number.Of(dbl);
        return true;
    }

    /// <summary>Writes a number as text and returns its length. Integers beyond 64 bits are cut to them.</summary>
    public static int Format(in Number number, Span<byte> to)
    {
        if (number.IsInteger)
        {
            bool ok = Utf8Formatter.TryFormat(number.ToInt64(out _), to, out int written);
            Invariant.Check(ok);
            return written;
        }

        string text = Format(number);
        return Encoding.ASCII.GetBytes(text, to);
    }

    public static string Format(in Number number)
    {
        if (number.IsInteger)
            return number.ToInt64(out _).ToString(CultureInfo.InvariantCulture);
        if (number.Kind == NumberKind.Decimal)
            return TrimFraction(decimal.Round(number.ToDecimal(), FractionDigitsMax).ToString(CultureInfo.InvariantCulture));
        double value = number.ToDouble();
        if (double.IsInfinity(value))
            return value > 0 ? "inf" : "-inf";
        return TrimFraction(Expand(value.ToString("R", CultureInfo.InvariantCulture)));
    }

    private static bool IsFloatForm(ReadOnlySpan<byte> text, out int digits)
    {
        digits = 0;
        bool exponent = false;
        bool point = false;
        for (int i = 0; i < text.Length; i++)
        {
            byte c = text[i];
            if (c is >= (byte)'0' and <= (byte)'9')
                digits += exponent ? 0 : 1;
            else if (c == '.' && !point && !exponent)
                point = true;
            else if (c is (byte)'e' or (byte)'E' && !exponent && digits > 0)
                exponent = true;
            else if (c is (byte)'-' or (byte)'+' && (i == 0 || text[i - 1] is (byte)'e' or (byte)'E'))
                continue;
            else
                return false;
        }

        return digits > 0;
    }

    /// <summary>Writes out an exponent: "1.5E-07" becomes "0.00000015".</summary>
    private static string Expand(string text)
    {
        int e = text.IndexOf('E', StringComparison.Ordinal);
        if (e < 0)
            return text;
        int exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        bool negative = text[0] == '-';
        string mantissa = text[(negative ? 1 : 0)..e];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        int pointAt = (point < 0 ? mantissa.Length : point) + exponent;
        string plain = pointAt <= 0
            ? "0." + new string('0', -pointAt) + digits
            : pointAt >= digits.Length
                ? digits + new string('0', pointAt - digits.Length)
                : digits[..pointAt] + "." + digits[pointAt..];
        return negative ? "-" + plain : plain;
    }

    private static string TrimFraction(string text)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0)
            return text;
        int length = Math.Min(text.Length, point + 1 + FractionDigitsMax);
        while (text[length - 1] == '0')
            length--;
        if (length - 1 == point)
            length--;
        string trimmed = text[..length];
        return trimmed is "-0" or "" ? "0" : trimmed;
    }
}
