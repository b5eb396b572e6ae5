namespace MultiCloudKv.Merge.Tests.Mutants;

/// <summary>The rules bent, one each: what would be lost, shown twice, revived or kept for ever if the line were wrong.</summary>
internal static class MutantCatalogue
{
    private const string Applier = "Changes/ChangeApplier.cs";
    private const string Context = "Changes/ChangeContext.cs";
    private const string Editor = "Changes/KeyEditor.cs";
    private const string Plain = "Changes/PlainPath.cs";
    private const string Rules = "Changes/MergeRules.cs";
    private const string Collector = "Collection/Collector.cs";
    private const string Element = "State/ElementState.cs";
    private const string Key = "State/KeyState.cs";
    private const string View = "Transactions/KeyView.cs";

    public static IReadOnlyList<Mutant> All { get; } = [.. Absorbing(), .. Counting(), .. Showing(), .. Shipping(), .. Collecting()];

    private static IEnumerable<Mutant> Absorbing()
    {
        yield return new("removal wins over unseen writes", Rules, "if (change.Saw(x.Registers[i].Region, x.Registers[i].Hlc))", "");
        yield return new("siblings are dropped", Rules,
            "            x.PutRegister(change.Origin, change.Hlc, long.MaxValue, op.Value);",
            "        {\n            x.Registers.Clear();\n            x.PutRegister(change.Origin, change.Hlc, long.MaxValue, op.Value);\n        }");
        yield return new("contexts ahead are not remembered", Context, "Ahead |= region != Origin && hlc > vectors.Applied(slot, region);", "");
        yield return new("contexts of a cleared slot are not remembered", Applier, "        _change.RaiseCleared(op.Namespace);\n", "");
        yield return new("plain path overwrites what it had not seen", Plain, "ElementCodec.IsPlain(record) && change.Saw(ElementCodec.PlainRegion(record), ElementCodec.PlainHlc(record))", "ElementCodec.IsPlain(record)");
        yield return new("whole version dropped though not all was seen", Rules, "Key.Remains == 0 && change.CoversTouch(Key.Touch)", "Key.Remains == 0");
        yield return new("EXPIRE drops unseen EXPIREs", Rules, "if (change.Saw(Key.Expiries[i].Region, Key.Expiries[i].Hlc))", "");
        yield return new("EXPIRE leaves the own expiry it had seen", Rules, "register.Own = Register.Covered;", "_ = register.Own;");
        yield return new("changes apply twice", Applier, "if (stamp.Hlc <= applied)", "if (stamp.Hlc == ulong.MaxValue)");
    }

    private static IEnumerable<Mutant> Counting()
    {
        yield return new("no floors", Rules, "if (at < 0 || upTo > x.Floors[at].Hlc)", "if (upTo == 0)");
        yield return new("floor counts against increments begun after it", Element, "floor >= 0 && delta.Start <= Floors[floor].Hlc ?", "floor >= 0 ?");
        yield return new("increments are added up on arrival", Rules, "op.Start == 0 ? change.Hlc : op.Start, op.Total)",
            "op.Start == 0 ? change.Hlc : op.Start, x.Deltas.IndexOf(change.Origin) is var at and >= 0 ? x.Deltas[at].Sum.Add(op.Total) : op.Total)");
        yield return new("increments go on under a new start", View, "start = Shipped(state.Deltas[own].Start);", "start = 0;");
        yield return new("plain counter takes over another region's", Plain, "|| meta[0] != KeyCodec.Counter || meta[1] != change.Origin)", "|| meta[0] != KeyCodec.Counter)");
    }

    private static IEnumerable<Mutant> Showing()
    {
        yield return new("visible type by number of type", Key, "_types[t].Newest >= newest", "t > 0");
        yield return new("shortest expiry wins", Key, "latest = Math.Max(latest, Expiries[i].Ms);", "latest = latest == long.MinValue ? Expiries[i].Ms : Math.Min(latest, Expiries[i].Ms);");
        yield return new("score index keeps old scores", Editor, "            _store.Delete(Keys.Score(Key.Version, before.Score, member));", "            _ = member.Length;");
        yield return new("a grown sorted set leaves its first members out of the score index", Editor, "                _store.Put(Keys.Score(Key.Version, facts.Score, cursor.Key[memberAt..]), default);", "                _ = facts.Score;");
        yield return new("plain path lets a small sorted set grow", Plain, "KeyCodec.U64(meta, KeyCodec.CollectionCount) + 1, member, smallMax)", "KeyCodec.U64(meta, KeyCodec.CollectionCount) * 0, default, smallMax)");
        yield return new("expired keys are counted", Editor, "Key.Counted = visible != ElementType.None && _nowMs < expiry;", "Key.Counted = visible != ElementType.None;");
    }

    private static IEnumerable<Mutant> Shipping()
    {
        yield return new("no creation", View, "private void Create() => WriteKeyFloors(Begin(Opcode.Create));", "private void Create() => Begin(Opcode.Expire).WriteByte(0);");
        yield return new("no re-stamp of a value that is there", View,
            "        bool floors = there && HasElementFloors();",
            "        if (there && TryGet(element, out ReadOnlySpan<byte> same) && same.SequenceEqual(value))\n            return;\n        bool floors = there && HasElementFloors();");
        yield return new("hidden types stay when the last element goes", View, "        if (_reader.Count == 1)\n            return RemoveKey();\n", "");
    }

    private static IEnumerable<Mutant> Collecting()
    {
        yield return new("floors stay", Collector, "            x.Floors.RemoveAt(i);\n            changed = true;\n", "");
        yield return new("floors go early", Collector, "if (x.IsCrossed(i) || !HasHeard(slot, x.Floors[i]))", "if (x.IsCrossed(i))");
        yield return new("floors go under a sum that crosses them", Collector, "if (x.IsCrossed(i) || !HasHeard(slot, x.Floors[i]))", "if (!HasHeard(slot, x.Floors[i]))");
        yield return new("expired keys go by the own clock", Collector, "nowMs >= expiry && IsSettled(state, slot, expiry)", "nowMs >= expiry");
        yield return new("expired keys go before the others' clocks", Collector, "IsSettled(state, slot, expiry)", "IsSettled(state, slot, 0)");
        yield return new("keys go by clocks alone", Collector, " || !heard.Applied.Covers(state.Touch)", "");
        yield return new("empty keys go at once", Collector, " && IsSettled(state, slot, after: 0)", "");
        yield return new("empty keys stay", Collector, "if ((expired || empty) &&", "if (expired &&");
    }
}
