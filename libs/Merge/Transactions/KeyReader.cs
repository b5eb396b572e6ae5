using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Changes;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Transactions;

/// <summary>
/// What a view knows of its key. The meta record is looked up once and read in its stored form; it is decoded only when it is of the
/// general form. After operations of the same transaction on the key it is loaded anew through the overlay, with one
/// exception: as long as this view alone writes elements of a plain collection, the other elements are still what they were, and
/// the view remembers which ones it has written ("own elements") instead.
/// </summary>
/// <remarks>Reused; owned by one view.</remarks>
internal sealed class KeyReader(Transaction transaction)
{
    private const int MetaKept = 1024;
    private const int NotLoaded = -1;

    private readonly HashSetOfWords _own = new();
    private readonly ElementState _element = new();
    private readonly byte[] _meta = new byte[MetaKept];
    private readonly byte[] _text = new byte[NumberText.LengthMax];
    private IRecordStore _below = null!;
    private ulong _hash;
    private int _loadedAt;
    private int _metaLength;
    private bool _decoded;
    private bool _created;
    private bool _countKnown;
    private long _count;
    private bool _scoresRead;

    public RecordKeyBuffer Keys { get; } = new();

    /// <summary>Where the key was loaded from: the store or the overlay.</summary>
    public IRecordStore Source { get; private set; } = null!;

    /// <summary>Form of the meta record (see <see cref="KeyCodec"/>), 0 when there is none.</summary>
    public byte Form { get; private set; }

    public ElementType Type { get; private set; }

    public long ExpiryMs { get; private set; }

    public ulong Version { get; private set; }

    public bool Exists { get; private set; }

    /// <summary>The sorted set has no score records, see <see cref="SmallSortedSet"/>. Of what <see cref="Source"/> holds: right after <see cref="RefreshAll"/>.</summary>
    public bool IsSmall { get; private set; }

    public KeyState State { get; } = new();

    public ulong Hash => _hash;

    /// <summary>The view may go on after writing an element, without loading the key again.</summary>
    public bool IsPlainCollection => Exists && (Form == KeyCodec.Collection || _created);

    public long Count
    {
        get
        {
            if (!_countKnown)
                Load();
            return _count;
        }
    }

    public void Aim(IRecordStore store, int slot, uint ns, ReadOnlySpan<byte> key)
    {
        Keys.Set(slot, ns, key);
        _below = store;
        _hash = ByteHash.Of(key) + ns;
        _loadedAt = NotLoaded;
        _scoresRead = false;
    }

    /// <summary>Brings the view up to what the transaction has written.</summary>
    public void Refresh()
    {
        if (_loadedAt == transaction.Writes)
            return;
        if (_loadedAt != NotLoaded && transaction.ChangesOf(Keys.Slot)?.Touches(_hash) != true)
            _loadedAt = transaction.Writes;
        else
            Load();
    }

    /// <summary>As <see cref="Refresh"/>, and own elements are in <see cref="Source"/> too.</summary>
    public void RefreshAll()
    {
        Refresh();
        if (_own.Count > 0 || _created)
            Load();
    }

    /// <summary>Decodes the meta record, if it is not yet.</summary>
    public KeyState Decode()
    {
        if (!_decoded)
        {
            if (Form == 0)
                State.Clear();
            else
                KeyCodec.Read(Meta(), State);
            _decoded = true;
        }

        return State;
    }

    public ReadOnlySpan<byte> Meta()
    {
        if (_metaLength <= MetaKept)
            return _meta.AsSpan(0, _metaLength);
        Invariant.Check(Source.TryGet(Keys.Meta(), out ReadOnlySpan<byte> meta));
        return meta;
    }

    public ReadOnlySpan<byte> ShownText()
    {
        switch (Form)
        {
            case KeyCodec.String:
                return Meta()[KeyCodec.StringHeader..];
            case KeyCodec.Expiring:
                return Meta()[KeyCodec.ExpiringHeader..];
            case KeyCodec.Counter:
                return _text.AsSpan(0, NumberText.Format(Number.Of(KeyCodec.CounterSum(Meta())), _text));
            default:
                return Decode().Text.Shown(ElementType.String);
        }
    }

    public bool TryTextNumber(out Number number)
    {
        if (Form == KeyCodec.Counter)
        {
            number = Number.Of(KeyCodec.CounterSum(Meta()));
            return true;
        }

        return Form == KeyCodec.General ? Decode().Text.TryNumber(ElementType.String, out number) : NumberText.TryParse(ShownText(), out number);
    }

    /// <summary>The value an element of the visible type shows.</summary>
    public bool TryShown(ReadOnlySpan<byte> element, out ReadOnlySpan<byte> value)
    {
        if (!TryRecord(Type, element, out ReadOnlySpan<byte> record))
        {
            value = default;
            return false;
        }

        if (ElementCodec.IsPlain(record))
        {
            value = ElementCodec.PlainValue(record);
            return true;
        }

        ElementCodec.Read(record, _element);
        value = _element.Shown(Type);
        return _element.IsLive;
    }

    /// <summary>The state of an element, live or not; empty when there is none. Valid until the next call.</summary>
    public ElementState Element(ElementType type, ReadOnlySpan<byte> element)
    {
        if (TryRecord(type, element, out ReadOnlySpan<byte> record))
            ElementCodec.Read(record, _element);
        else
            _element.Clear();
        return _element;
    }

    /// <summary>
    /// A member that makes a small sorted set outgrow its limits has all others read when it is applied, where nobody can wait for them: they
    /// are read now, once, by who still can. A set that this view has created has none but own ones.
    /// </summary>
    public void ReadIfOutgrown(ReadOnlySpan<byte> member)
    {
        if (!IsSmall || _scoresRead || SmallSortedSet.Fits(_count + _own.Count + 1, member) || TryShown(member, out _))
            return;
        RefreshAll();
        using var members = ElementScan.Open(this, default, reverse: false);
        while (members.MoveNext())
        {
        }

        _scoresRead = true;
    }

    /// <summary>This view has created the key as a collection.</summary>
    public void Created(ElementType type)
    {
        _created = true;
        _decoded = false;
        Form = 0;
        Exists = true;
        Type = type;
        ExpiryMs = long.MaxValue;
        Version = 0;
        IsSmall = false;
        _countKnown = false;
        _own.Clear();
    }

    /// <summary>This view has written or removed an element of a plain collection.</summary>
    public void Wrote(ReadOnlySpan<byte> element, bool removed)
    {
        _own.Add(ByteHash.Of(element));
        _loadedAt = transaction.Writes;
        _countKnown &= removed;
        _count -= removed ? 1 : 0;
    }

    private bool TryRecord(ElementType type, ReadOnlySpan<byte> element, out ReadOnlySpan<byte> record)
    {
        if (_own.Contains(ByteHash.Of(element)))
            Load();
        record = default;
        return Version != 0 && Source.TryGet(Keys.Element(Version, type, element), out record);
    }

    private void Load()
    {
        _own.Clear();
        _decoded = _created = false;
        _countKnown = true;
        Source = transaction.SourceOf(_below, Keys.Slot, _hash);
        _loadedAt = transaction.Writes;
        Version = 0;
        IsSmall = false;
        ExpiryMs = long.MaxValue;
        _count = 1;
        if (!Source.TryGet(Keys.Meta(), out ReadOnlySpan<byte> meta))
        {
            Form = 0;
            Type = ElementType.None;
            Exists = false;
            return;
        }

        _metaLength = meta.Length;
        if (_metaLength <= MetaKept)
            meta.CopyTo(_meta);
        Form = meta[0];
        Type = ElementType.String;
        if (Form == KeyCodec.Expiring)
            ExpiryMs = (long)KeyCodec.U64(meta, 11);
        else if (Form == KeyCodec.Collection)
            LoadCollection(meta);
        else if (Form > KeyCodec.Collection)
            LoadGeneral(meta);
        Exists = Type != ElementType.None && transaction.NowMs < ExpiryMs;
    }

    private void LoadCollection(ReadOnlySpan<byte> meta)
    {
        Type = (ElementType)meta[1];
        Version = KeyCodec.U64(meta, KeyCodec.CollectionVersion);
        IsSmall = (meta[KeyCodec.CollectionFlags] & KeyCodec.SmallFlag) != 0;
        _count = (long)KeyCodec.U64(meta, KeyCodec.CollectionCount);
        if (meta[KeyCodec.CollectionExpiryRegion] != 0)
            ExpiryMs = (long)KeyCodec.U64(meta, KeyCodec.CollectionExpiryMs);
    }

    private void LoadGeneral(ReadOnlySpan<byte> meta)
    {
        KeyCodec.Read(meta, State);
        _decoded = true;
        Type = State.VisibleType;
        Version = State.Version;
        IsSmall = State.Small;
        ExpiryMs = Type == ElementType.None ? long.MaxValue : State.ExpiryOf(Type);
        _count = Type == ElementType.None ? 0 : State.CountOf(Type);
    }
}
