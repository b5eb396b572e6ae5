using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.State;

/// <summary>
/// The state of a key: what its meta record holds. The string element stands in it; elements of collections have their own
/// records, and what is asked of all of them at once is kept here: how many are live per type and the newest stamp (so the
/// visible type costs no scan), how many hold another region's live delta (so an overwrite knows whether it has floors to
/// ship), how many are residue (so the collector knows whether to look).
/// </summary>
/// <remarks>Mutable and reused; owned by one applier, view or collector.</remarks>
internal sealed class KeyState
{
    private const int TypesMax = (int)ElementType.Stream + 1;

    private readonly TypeState[] _types = new TypeState[TypesMax];

    /// <summary>Under which version the element records stand; 0 when there are none.</summary>
    public ulong Version { get; set; }

    /// <summary>The key is in the count of visible keys.</summary>
    public bool Counted { get; set; }

    /// <summary>The key's sorted set is a <see cref="SmallSortedSet"/>. False when it has no live member.</summary>
    public bool Small { get; set; }

    /// <summary>Highest stamp per region of a change that touched the key.</summary>
    public StampVector Touch { get; } = new();

    /// <summary>Contexts, ahead of what is applied, of removals of the key.</summary>
    public StampVector Seen { get; } = new();

    /// <summary>Contexts, ahead of what is applied, of EXPIRE and PERSIST.</summary>
    public StampVector ExpirySeen { get; } = new();

    public Entries<ExpiryRegister> Expiries { get; } = new();

    /// <summary>The string element.</summary>
    public ElementState Text { get; } = new();

    /// <summary>Elements, the string apart, that hold a live delta of another region.</summary>
    public long ForeignDeltas { get; set; }

    /// <summary>Elements, the string apart, that are not live or hold floors or seen contexts: they must not be dropped unseen.</summary>
    public long Remains { get; set; }

    /// <summary>Those of them the collector must look at.</summary>
    public long Residue { get; set; }

    /// <summary>There are element records.</summary>
    public bool HasElements
    {
        get
        {
            if (Remains > 0)
                return true;
            for (int t = (int)ElementType.Hash; t < TypesMax; t++)
            {
                if (_types[t].Count > 0)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Number of types with live elements, the string's included.</summary>
    public int LiveTypes
    {
        get
        {
            int live = Text.IsLive ? 1 : 0;
            for (int t = (int)ElementType.Hash; t < TypesMax; t++)
                live += _types[t].Count > 0 ? 1 : 0;
            return live;
        }
    }

    /// <summary>Type of the newest live element. Right when every type's newest stamp is exact, or only one type is live.</summary>
    public ElementType VisibleType
    {
        get
        {
            ElementType best = ElementType.None;
            Stamp newest = Stamp.None;
            if (Text.IsLive)
            {
                best = ElementType.String;
                newest = Text.Newest;
            }

            for (int t = (int)ElementType.Hash; t < TypesMax; t++)
            {
                if (_types[t].Count > 0 && (best == ElementType.None || _types[t].Newest >= newest))
                {
                    best = (ElementType)t;
                    newest = _types[t].Newest;
                }
            }

            return best;
        }
    }

    /// <summary>When the key expires if it shows: the latest of the expiry registers and the visible string register's own; never where there is none.</summary>
    public long VisibleExpiry => ExpiryOf(VisibleType);

    /// <summary>The collector has something to look at.</summary>
    public bool IsPending =>
        Residue > 0 || Text.IsResidue || !Seen.IsEmpty() || !ExpirySeen.IsEmpty() || VisibleType == ElementType.None;

    /// <summary>Floors or contexts ahead are left somewhere in the key.</summary>
    public bool HoldsRemains => Remains > 0 || Text.HasRemains || !Seen.IsEmpty() || !ExpirySeen.IsEmpty();

    public ref TypeState this[ElementType type] => ref _types[(int)type];

    public long CountOf(ElementType type) => type == ElementType.String ? (Text.IsLive ? 1 : 0) : _types[(int)type].Count;

    public long ExpiryOf(ElementType visible)
    {
        long latest = long.MinValue;
        for (int i = 0; i < Expiries.Count; i++)
            latest = Math.Max(latest, Expiries[i].Ms);
        if (visible == ElementType.String)
        {
            int register = Text.Visible;
            if (register >= 0 && Text.Registers[register].Own != Register.Covered)
                latest = Math.Max(latest, Text.Registers[register].Own);
        }

        return latest == long.MinValue ? long.MaxValue : latest;
    }

    public void Clear()
    {
        Array.Clear(_types);
        Version = 0;
        Counted = false;
        Small = false;
        Touch.Clear();
        Seen.Clear();
        ExpirySeen.Clear();
        Expiries.Clear();
        Text.Clear();
        ForeignDeltas = 0;
        Remains = 0;
        Residue = 0;
    }

    /// <summary>Sets every type's newest stamp to the bound that always holds: the newest touch.</summary>
    public void LoosenNewest()
    {
        Stamp newest = Stamp.None;
        for (int i = 0; i < Touch.Count; i++)
        {
            (byte region, ulong hlc) = Touch.At(i);
            var touch = new Stamp(hlc, region);
            newest = touch > newest ? touch : newest;
        }

        for (int t = (int)ElementType.Hash; t < TypesMax; t++)
        {
            if (_types[t].Count > 0)
                _types[t] = new TypeState { Count = _types[t].Count, Newest = newest };
        }
    }

    /// <summary>Forgets all element records, the string stays.</summary>
    public void ClearElements()
    {
        Array.Clear(_types);
        Small = false;
        ForeignDeltas = 0;
        Remains = 0;
        Residue = 0;
    }
}
