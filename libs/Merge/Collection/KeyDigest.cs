using System.Buffers.Binary;
using System.Security.Cryptography;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Collection;

/// <summary>
/// What verify compares, equal in all regions that applied the same changes. Sums of digests of keys are digests of slots.
/// Nothing local is in it: no versions, no floors, nothing of keys that do not show.
/// </summary>
/// <param name="Visible">Type, expiry and elements as readers see them.</param>
/// <param name="Stamped">The same with stamps, siblings and each region's increments.</param>
public readonly record struct KeyDigest(UInt128 Visible, UInt128 Stamped)
{
    public KeyDigest Add(KeyDigest other) => new(unchecked(Visible + other.Visible), unchecked(Stamped + other.Stamped));

    /// <summary>Digest of one key as it shows at a moment; zero when it does not show.</summary>
    public static KeyDigest Of(IRecordStore store, int slot, uint ns, ReadOnlySpan<byte> key, long nowMs)
    {
        var keys = new RecordKeyBuffer();
        keys.Set(slot, ns, key);
        if (!store.TryGet(keys.Meta(), out ReadOnlySpan<byte> meta))
            return default;
        var state = new KeyState();
        KeyCodec.Read(meta, state);
        ElementType type = state.VisibleType;
        if (type == ElementType.None || nowMs >= state.ExpiryOf(type))
            return default;
        var digest = new Builder(ns, key);
        digest.AddKey(state, type);
        if (state.Text.IsLive)
            digest.AddElement(ElementType.String, default, state.Text, type);
        if (state.Version == 0)
            return digest.Sum;
        int typeAt = keys.VersionPrefixLength;
        var element = new ElementState();
        using RecordCursor cursor = RecordRange.Scan(store, keys.Version(RecordKind.Element, state.Version));
        while (cursor.MoveNext())
        {
            ElementCodec.Read(cursor.Value, element);
            if (element.IsLive)
                digest.AddElement((ElementType)cursor.Key[typeAt], cursor.Key[(typeAt + 1)..], element, type);
        }

        return digest.Sum;
    }

    /// <summary>Sums a hash per part; every part carries the key, so that equal parts of two keys differ.</summary>
    private sealed class Builder
    {
        private readonly ByteWriter _part = new();
        private readonly int _keyLength;

        public Builder(uint ns, ReadOnlySpan<byte> key)
        {
            _part.WriteVarInt(ns);
            _part.WriteBytes(key);
            _keyLength = _part.Length;
        }

        public KeyDigest Sum { get; private set; }

        public void AddKey(KeyState state, ElementType type)
        {
            Start(0, type, default);
            _part.WriteInt64(state.ExpiryOf(type));
            UInt128 visible = Hash();
            for (int i = 0; i < state.Expiries.Count; i++)
            {
                _part.WriteByte(state.Expiries[i].Region);
                _part.WriteUInt64(state.Expiries[i].Hlc);
                _part.WriteInt64(state.Expiries[i].Ms);
            }

            Sum = Sum.Add(new KeyDigest(visible, Hash()));
        }

        public void AddElement(ElementType type, ReadOnlySpan<byte> name, ElementState element, ElementType visibleType)
        {
            Start(1, type, name);
            _part.WriteBytes(element.Shown(type));
            UInt128 visible = type == visibleType ? Hash() : 0;
            for (int i = 0; i < element.Registers.Count; i++)
            {
                _part.WriteByte(element.Registers[i].Region);
                _part.WriteUInt64(element.Registers[i].Hlc);
                _part.WriteInt64(element.Registers[i].Own);
                _part.WriteBytes(element.Value(i));
            }

            for (int i = 0; i < element.Deltas.Count; i++)
            {
                if (!element.IsLiveDelta(i))
                    continue;
                _part.WriteByte(element.Deltas[i].Region);
                _part.WriteUInt64(element.Deltas[i].Last);
                element.Effective(i).WriteTo(_part);
            }

            Sum = Sum.Add(new KeyDigest(visible, Hash()));
        }

        private void Start(byte part, ElementType type, ReadOnlySpan<byte> name)
        {
            _part.Truncate(_keyLength);
            _part.WriteByte(part);
            _part.WriteByte((byte)type);
            _part.WriteBytes(name);
        }

        private UInt128 Hash()
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(_part.Written, hash);
            return BinaryPrimitives.ReadUInt128LittleEndian(hash);
        }
    }
}
