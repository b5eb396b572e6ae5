using MultiCloudKv.Merge.State;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>The increment of INCRBYFLOAT and HINCRBYFLOAT: a finite number, one of the infinities, or no number at all.</summary>
internal readonly record struct FloatArgument(Number Number, bool IsNumber, bool IsFinite)
{
    /// <summary>The increment of a value; where their sum leaves the 64-bit integers it is a decimal one, and so is the sum.</summary>
    public Number For(in Number value) =>
        Number.IsInteger && value.Add(Number).Kind == NumberKind.WideInteger ? Number.Of((decimal)Number.ToInt64(out _)) : Number;

    public static FloatArgument Read(ReadOnlySpan<byte> text)
    {
        if (NumberText.TryParse(text, out Number number))
            return new FloatArgument(number, IsNumber: true, IsFinite: true);
        bool isNumber = RespNumbers.TryParseDouble(text, out double value);
        return isNumber && double.IsFinite(value)
            ? new FloatArgument(Number.Of(value), IsNumber: true, IsFinite: true)
            : new FloatArgument(Number.Zero, isNumber, IsFinite: false);
    }
}
