using System.Buffers.Binary;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.State;

/// <summary>
/// The state of one element: what the regions' concurrent changes to it have left.
/// <list type="bullet">
/// <item><b>Registers</b>: the last unabsorbed write of each region. More than one are siblings; the highest stamp shows.</item>
/// <item><b>Deltas</b>: the increments of each region since a start, shipped as the whole entry, so that one sent twice can't
/// count twice.</item>
/// <item><b>Floors</b>: how much of a region's delta an overwrite had seen. When increments from after the overwrite arrive, they
/// come in one sum with those before; the floor is what is taken off. It counts against a delta that began at or before it.</item>
/// <item><b>Seen</b>: contexts of overwrites ahead of what is applied here: what arrives later and is covered is absorbed at once.</item>
/// </list>
/// A delta is live when it is above its floor. An element is live, and shows, when it has a register or a live delta. The number
/// shown is the visible register plus all live deltas in region order; a register that is no number shows as it is.
/// <para>An element that only holds floors or seen contexts shows nothing ("residue") and waits for the collector.</para>
/// </summary>
/// <remarks>Mutable and reused; owned by one applier, view or collector. Values are copied in.</remarks>
internal sealed class ElementState
{
    private readonly ByteWriter _values = new();
    private readonly byte[] _text = new byte[NumberText.LengthMax];

    public Entries<Register> Registers { get; } = new();

    public Entries<Delta> Deltas { get; } = new();

    public Entries<Floor> Floors { get; } = new();

    public StampVector Seen { get; } = new();

    /// <summary>Nothing is left, also no residue.</summary>
    public bool IsEmpty => Registers.Count == 0 && Deltas.Count == 0 && !HasRemains;

    /// <summary>Holds floors or seen contexts.</summary>
    public bool HasRemains => Floors.Count > 0 || !Seen.IsEmpty();

    public bool IsLive => Registers.Count > 0 || HasLiveDelta;

    /// <summary>
    /// Something the collector must look at: seen contexts, floors, or a delta that shows nothing. A floor that a live delta
    /// crosses is needed as long as that delta, and no business of the collector's before.
    /// </summary>
    public bool IsResidue => !Seen.IsEmpty() || HasLooseFloor || (!IsEmpty && !IsLive);

    public bool HasLiveDelta
    {
        get
        {
            for (int i = 0; i < Deltas.Count; i++)
            {
                if (IsLiveDelta(i))
                    return true;
            }

            return false;
        }
    }

    /// <summary>Highest stamp of what is live, <see cref="Stamp.None"/> when nothing is.</summary>
    public Stamp Newest
    {
        get
        {
            Stamp newest = Stamp.None;
            for (int i = 0; i < Registers.Count; i++)
                newest = Max(newest, Registers[i].Stamp);
            for (int i = 0; i < Deltas.Count; i++)
            {
                if (IsLiveDelta(i))
                    newest = Max(newest, Deltas[i].Stamp);
            }

            return newest;
        }
    }

    /// <summary>Index of the register that shows, -1 when there is none.</summary>
    public int Visible
    {
        get
        {
            int best = -1;
            for (int i = 0; i < Registers.Count; i++)
            {
                if (best < 0 || Registers[i].Stamp > Registers[best].Stamp)
                    best = i;
            }

            return best;
        }
    }

    private bool HasLooseFloor
    {
        get
        {
            for (int i = 0; i < Floors.Count; i++)
            {
                if (!IsCrossed(i))
                    return true;
            }

            return false;
        }
    }

    public void Clear()
    {
        Registers.Clear();
        Deltas.Clear();
        Floors.Clear();
        Seen.Clear();
        _values.Clear();
    }

    public void PutRegister(byte region, ulong hlc, long own, ReadOnlySpan<byte> value)
    {
        int start = _values.Length;
        _values.Write(value);
        Registers.Put(new Register(region, hlc, own, start, value.Length));
    }

    public ReadOnlySpan<byte> Value(int register) =>
        _values.Written.Slice(Registers[register].ValueStart, Registers[register].ValueLength);

    public bool IsLiveDelta(int index)
    {
        int floor = Floors.IndexOf(Deltas[index].Region);
        return floor < 0 || Deltas[index].Last > Floors[floor].Hlc;
    }

    /// <summary>A delta began at or before this floor.</summary>
    public bool IsCrossed(int floor)
    {
        int delta = Deltas.IndexOf(Floors[floor].Region);
        return delta >= 0 && Deltas[delta].Start <= Floors[floor].Hlc;
    }

    /// <summary>What a live delta adds: its sum less the floor it crosses.</summary>
    public Number Effective(int index)
    {
        ref Delta delta = ref Deltas[index];
        int floor = Floors.IndexOf(delta.Region);
        return floor >= 0 && delta.Start <= Floors[floor].Hlc ? delta.Sum.Subtract(Floors[floor].Sum) : delta.Sum;
    }

    /// <summary>True when a region other than <paramref name="self"/> has a live delta.</summary>
    public bool HasForeignDelta(byte self)
    {
        for (int i = 0; i < Deltas.Count; i++)
        {
            if (Deltas[i].Region != self && IsLiveDelta(i))
                return true;
        }

        return false;
    }

    /// <summary>The number shown; false when the visible register is no number, or nothing shows.</summary>
    public bool TryNumber(ElementType type, out Number number)
    {
        number = Number.Zero;
        int visible = Visible;
        if (visible >= 0 && !TryValueNumber(type, Value(visible), out number))
            return false;
        bool any = visible >= 0;
        Number total = Number.Zero;
        bool sums = false;
        for (int i = 0; i < Deltas.Count; i++)
        {
            if (!IsLiveDelta(i))
                continue;
            total = sums ? total.Add(Effective(i)) : Effective(i);
            sums = true;
        }

        if (sums)
            number = visible >= 0 ? number.Add(total) : total;
        number = type == ElementType.SortedSet ? Number.Of(number.ToDouble()) : number.Normalize();
        return any || sums;
    }

    /// <summary>The value shown, empty when nothing is: a register's bytes or the text of a number; eight bytes for a score.</summary>
    public ReadOnlySpan<byte> Shown(ElementType type)
    {
        int visible = Visible;
        if (!HasLiveDelta)
            return visible < 0 ? default : Value(visible);
        if (!TryNumber(type, out Number number))
            return Value(visible);
        if (type == ElementType.SortedSet)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(_text, number.ToDouble());
            return _text.AsSpan(0, 8);
        }

        return _text.AsSpan(0, NumberText.Format(number, _text));
    }

    /// <summary>Reads a register's value as a number: eight bytes for a score, else text.</summary>
    public static bool TryValueNumber(ElementType type, ReadOnlySpan<byte> value, out Number number)
    {
        if (type != ElementType.SortedSet)
            return NumberText.TryParse(value, out number);
        number = value.Length == 8 ? Number.Of(BinaryPrimitives.ReadDoubleLittleEndian(value)) : Number.Of(0d);
        return true;
    }

    private static Stamp Max(Stamp a, Stamp b) => a > b ? a : b;
}
