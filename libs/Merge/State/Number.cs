using System.Buffers.Binary;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.State;

/// <summary>
/// What increments add up: integers exactly (128 bits, saturating), then decimals of 28 digits, then doubles. Adding
/// widens to the wider of the two kinds and is done in region order, so every region gets the same sum.
/// </summary>
public readonly struct Number : IEquatable<Number>
{
    /// <summary>Largest magnitude at which an integer is still exact as a decimal.</summary>
    private static readonly Int128 DecimalIntegerMax = (Int128)79228162514264337593543950335m;

    private readonly Int128 _integer;
    private readonly decimal _decimal;
    private readonly double _double;

    private Number(NumberKind kind, Int128 integer, decimal dec, double dbl)
    {
        Kind = kind;
        _integer = integer;
        _decimal = dec;
        _double = dbl;
    }

    public NumberKind Kind { get; }

    public static Number Zero => default;

    public bool IsInteger => Kind <= NumberKind.WideInteger;

    public bool IsZero => Kind switch
    {
        NumberKind.Decimal => _decimal == 0,
        NumberKind.Double => _double == 0,
        _ => _integer == 0,
    };

    public static Number Of(long value) => new(NumberKind.Integer, value, 0, 0);

    public static Number Of(Int128 value) =>
        new(value >= long.MinValue && value <= long.MaxValue ? NumberKind.Integer : NumberKind.WideInteger, value, 0, 0);

    public static Number Of(decimal value) => new(NumberKind.Decimal, 0, value, 0);

    public static Number Of(double value) => new(NumberKind.Double, 0, 0, double.IsNaN(value) ? 0 : value);

    /// <summary>The integer, cut to 64 bits; <paramref name="saturated"/> tells when it did not fit. Only for integers.</summary>
    public long ToInt64(out bool saturated)
    {
        Invariant.Check(IsInteger);
        saturated = Kind == NumberKind.WideInteger;
        return saturated ? (_integer < 0 ? long.MinValue : long.MaxValue) : (long)_integer;
    }

    public double ToDouble() => Kind switch
    {
        NumberKind.Decimal => (double)_decimal,
        NumberKind.Double => _double,
        _ => (double)_integer,
    };

    /// <summary>The decimal. Only for <see cref="NumberKind.Decimal"/>.</summary>
    public decimal ToDecimal()
    {
        Invariant.Check(Kind == NumberKind.Decimal);
        return _decimal;
    }

    public Number Add(in Number other)
    {
        if (IsInteger && other.IsInteger)
            return Of(Saturate(_integer, other._integer));
        if (TryDecimal(out decimal a) && other.TryDecimal(out decimal b) && Math.Abs((double)a + (double)b) < 7.9e28)
            return Of(a + b);
        return Of(ToDouble() + other.ToDouble());
    }

    public Number Subtract(in Number other) => Add(other.Negate());

    public Number Negate() => Kind switch
    {
        NumberKind.Decimal => Of(-_decimal),
        NumberKind.Double => Of(-_double),
        _ => Of(_integer == Int128.MinValue ? Int128.MaxValue : -_integer),
    };

    /// <summary>A decimal without a fraction as the 64-bit integer it is; everything else unchanged. What is shown goes through here.</summary>
    public Number Normalize() =>
        Kind == NumberKind.Decimal && decimal.Truncate(_decimal) == _decimal && _decimal is >= long.MinValue and <= long.MaxValue ? Of((long)_decimal) : this;

    public void WriteTo(ByteWriter to)
    {
        to.WriteByte((byte)Kind);
        switch (Kind)
        {
            case NumberKind.Integer:
                to.WriteVarInt(VarInt.ZigZag((long)_integer));
                break;
            case NumberKind.WideInteger:
                BinaryPrimitives.WriteInt128LittleEndian(to.Reserve(16), _integer);
                break;
            case NumberKind.Decimal:
                Span<int> parts = stackalloc int[4];
                decimal.GetBits(_decimal, parts);
                foreach (int part in parts)
                    to.WriteUInt32((uint)part);
                break;
            default:
                to.WriteUInt64(BitConverter.DoubleToUInt64Bits(_double));
                break;
        }
    }

    /// <summary>Reads what <see cref="WriteTo"/> wrote. False when it is no number of a known kind.</summary>
    public static bool TryRead(ref ByteReader from, out Number number)
    {
        number = default;
        switch ((NumberKind)from.ReadByte())
        {
            case NumberKind.Integer:
                number = Of(VarInt.UnZigZag(from.ReadVarInt()));
                break;
            case NumberKind.WideInteger:
                ReadOnlySpan<byte> wide = from.Take(16);
                if (!from.Failed)
                    number = Of(BinaryPrimitives.ReadInt128LittleEndian(wide));
                break;
            case NumberKind.Decimal:
                Span<int> parts = [(int)from.ReadUInt32(), (int)from.ReadUInt32(), (int)from.ReadUInt32(), (int)from.ReadUInt32()];
                if ((parts[3] & 0x7f00ffff) != 0 || ((parts[3] >> 16) & 0xff) > 28)
                    return false;
                number = Of(new decimal(parts));
                break;
            case NumberKind.Double:
                number = Of(BitConverter.UInt64BitsToDouble(from.ReadUInt64()));
                break;
            default:
                return false;
        }

        return !from.Failed;
    }

    public bool Equals(Number other) =>
        Kind == other.Kind && _integer == other._integer && _decimal == other._decimal && _double.Equals(other._double);

    public override bool Equals(object? obj) => obj is Number other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Kind, _integer, _decimal, _double);

    public static bool operator ==(Number left, Number right) => left.Equals(right);

    public static bool operator !=(Number left, Number right) => !left.Equals(right);

    public override string ToString() => NumberText.Format(this);

    private static Int128 Saturate(Int128 a, Int128 b)
    {
        Int128 sum = unchecked(a + b);
        if (Int128.IsNegative(a) == Int128.IsNegative(b) && Int128.IsNegative(sum) != Int128.IsNegative(a))
            return Int128.IsNegative(a) ? Int128.MinValue : Int128.MaxValue;
        return sum;
    }

    private bool TryDecimal(out decimal value)
    {
        value = _decimal;
        if (Kind == NumberKind.Decimal)
            return true;
        if (Kind == NumberKind.Double || _integer > DecimalIntegerMax || _integer < -DecimalIntegerMax)
            return false;
        value = (decimal)_integer;
        return true;
    }
}
