using System.Buffers;
using System.Globalization;

namespace MultiCloudKv.Merge.Tests.Oracle;

/// <summary>The oracle's own idea of a number, what INCRBYFLOAT takes less exponents, and its shortest spelling.</summary>
internal static class PlainNumber
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    public static bool TryParse(string text, out decimal number)
    {
        number = 0;
        ReadOnlySpan<char> digits = text.AsSpan();
        if (digits.StartsWith("-") || digits.StartsWith("+"))
            digits = digits[1..];
        return digits.ContainsAnyInRange('0', '9') && !digits.ContainsAnyExcept(Digits) &&
            decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>What a sum shows: integers are cut to 64 bits.</summary>
    public static string Shown(decimal number) => Text(decimal.IsInteger(number) ? Math.Clamp(number, long.MinValue, long.MaxValue) : number);

    public static string Text(decimal number) => number.ToString("0.############################", CultureInfo.InvariantCulture);

    /// <summary>A number in its shortest spelling; anything else as it is.</summary>
    public static string Normal(string text) => TryParse(text, out decimal number) ? Text(number) : text;
}
