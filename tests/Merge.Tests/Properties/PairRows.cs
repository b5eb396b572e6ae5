using MultiCloudKv.Merge.Tests.Simulation;

namespace MultiCloudKv.Merge.Tests.Properties;

/// <summary>The table of docs/internals/merge.md as tests, row by row.</summary>
internal static class PairRows
{
    private const long Never = long.MaxValue;
    private const string K = "{a}k";
    private const string J = "{a}j";
    private const string L = "{a}l";

    public static IReadOnlyList<PairRow> All { get; } = [.. Strings(), .. Keys(), .. Collections(), .. Scores(), .. Types(), .. Expiries()];

    private static IEnumerable<PairRow> Strings()
    {
        yield return new("set-set", null, Set("a"), Set("b"), "k s =a ~b", "k s =b ~a");
        yield return new("setnx-setnx", null, Set("a"), Set("b"), "k s =a ~b", "k s =b ~a");
        yield return Both("set-incr", Set("5"), Set("100"), Incr(1), "k s =101");
        yield return Both("incr-incr", Set("5"), Incr(1), Incr(1), "k s =7");
        yield return Both("float-float", Set("1.5"), Incr(0.1m), Incr(0.2m), "k s =1.8");
        yield return new("append-append", Set("a"), t => t.Append(K, "x"), t => t.Append(K, "y"), "k s =ax ~ay", "k s =ay ~ax");
        yield return Both("append-incr-text", Set("5"), t => t.Append(K, "x"), Incr(1), "k s =5x ~1");
        yield return Both("append-incr-digits", Set("5"), t => t.Append(K, "0"), Incr(1), "k s =51");
        yield return Both("del-incr", t => { t.Increment(K, 5); }, Delete, Incr(1), "k s =1");
        yield return Both("del-set", Set("a"), Delete, Set("b"), "k s =b");
        yield return Both("del-append", Set("a"), Delete, t => t.Append(K, "x"), "k s =ax");
        yield return Both("flush-set", Set("a"), t => t.ClearSlot(Place.SlotOf(K)), Set("b"), "k s =b");
    }

    private static IEnumerable<PairRow> Keys()
    {
        yield return Both("del-sadd", t => t.SetAdd(K, "x"), Delete, t => t.SetAdd(K, "m"), "k m m=");
        yield return Both("del-hset", t => t.HashWrite(K, "x", "y"), Delete, t => t.HashWrite(K, "f", "v"), "k h f=v");
        yield return Both("del-del", Set("a"), Delete, Delete, "");
        yield return Both("del-expire", Set("a"), Delete, Expire(60), "");
        yield return Both("rename-incr", Set("5"), t => t.Copy(K, J, true), Incr(1), "k s =1; j s =5");
        yield return Both("rename-set", Set("a"), t => t.Copy(K, J, true), Set("b"), "k s =b; j s =a");
        yield return Both("rename-rename", Set("a"), t => t.Copy(K, J, true), t => t.Copy(K, L, true), "j s =a; l s =a");
        yield return new("copy-set-target", Set("a"), t => t.Copy(K, J, false), t => t.Set(J, "b", Never), "k s =a; j s =a ~b", "k s =a; j s =b ~a");
        yield return new("multi-multi", null, SetTwo("a"), SetTwo("b"), "k s =a ~b; j s =a ~b", "k s =b ~a; j s =b ~a");
    }

    private static IEnumerable<PairRow> Collections()
    {
        yield return Both("srem-sadd", t => { t.SetAdd(K, "m"); t.SetAdd(K, "x"); }, Remove("m"), t => t.SetAdd(K, "m"), "k m m= x=");
        yield return Both("srem-srem", t => t.SetAdd(K, "m"), Remove("m"), Remove("m"), "");
        yield return Both("sadd-sadd", null, t => t.SetAdd(K, "m"), t => t.SetAdd(K, "m"), "k m m=");
        yield return Both("sadd-sadd-other", null, t => t.SetAdd(K, "m"), t => t.SetAdd(K, "n"), "k m m= n=");
        yield return new("hset-hset", null, HashSet("f", "a"), HashSet("f", "b"), "k h f=a ~b", "k h f=b ~a");
        yield return Both("hset-hset-other", null, HashSet("f", "a"), HashSet("g", "b"), "k h f=a g=b");
        yield return Both("hset-hdel", t => { t.HashWrite(K, "f", "a"); t.HashWrite(K, "x", "y"); }, HashSet("f", "b"), Remove("f"), "k h f=b x=y");
        yield return Both("hdel-last-hset", HashSet("f", "a"), Remove("f"), HashSet("g", "v"), "k h g=v");
        yield return Both("hset-hincrby", HashSet("f", "5"), HashSet("f", "10"), HashIncr("f", 2), "k h f=12");
        yield return Both("hset-hincrby-text", HashSet("f", "5"), HashSet("f", "text"), HashIncr("f", 2), "k h f=text ~2");
        yield return Both("hincrby-hincrby", HashIncr("f", 1), HashIncr("f", 2), HashIncr("f", 3), "k h f=6");
        yield return Both("hdel-hincrby", HashIncr("f", 5), Remove("f"), HashIncr("f", 2), "k h f=2");
    }

    private static IEnumerable<PairRow> Scores()
    {
        yield return new("zadd-zadd", null, Score("m", 1), Score("m", 2), "k z m=1 ~2", "k z m=2 ~1");
        yield return Both("zadd-zadd-other", null, Score("m", 1), Score("n", 2), "k z m=1 n=2");
        yield return Both("zadd-zincrby", Score("m", 1), Score("m", 5), ScoreIncr("m", 2), "k z m=7");
        yield return Both("zincrby-zincrby", Score("m", 1.5m), ScoreIncr("m", 1), ScoreIncr("m", 2), "k z m=4.5");
        yield return Both("zrem-zincrby", Score("m", 4.5m), Remove("m"), ScoreIncr("m", 2), "k z m=2");
        yield return Both("zrem-zadd", Score("m", 4.5m), Remove("m"), Score("m", 5), "k z m=5");
    }

    private static IEnumerable<PairRow> Types()
    {
        yield return new("set-sadd", null, Set("a"), t => t.SetAdd(K, "m"), "k s =a ~", "k m m= ~a");
        yield return new("hset-sadd", null, HashSet("f", "v"), t => t.SetAdd(K, "m"), "k h f=v ~", "k m m= ~v");
        yield return new("set-over-hash-hset", HashSet("f", "v"), Set("a"), HashSet("g", "w"), "k s =a ~w", "k h g=w ~a");
    }

    private static IEnumerable<PairRow> Expiries()
    {
        Command set60 = t => t.Set(K, "a", World.Epoch + 60);
        yield return Both("expire-expire", Set("a"), Expire(10), Expire(60), "k s =a @60");
        yield return Both("expire-persist", set60, Expire(10), t => t.Expire(K, Never), "k s =a");
        yield return new("set-ex-set", null, Set("a", 10), Set("b"), "k s =a @10 ~b", "k s =b ~a");
        yield return Both("expire-set", Set("a"), Expire(10), Set("b"), "k s =b");
        yield return Both("expire-set-ex", Set("a"), Expire(60), Set("b", 10), "k s =b @60");
        yield return Both("persist-set-ex", set60, t => t.Expire(K, Never), Set("b", 10), "k s =b");
        yield return Both("append-expire", set60, t => t.Append(K, "x"), Expire(10), "k s =ax @60");
        yield return Both("incr-expire", Set("5"), Incr(1), Expire(10), "k s =6 @10");
        yield return Both("set-ex-incr", Set("5"), Set("100", 10), Incr(1), "k s =101 @10");
        yield return Both("create-set-ex", null, Incr(1), Set("5", 10), "k s =6");
        yield return new("create-append-set-ex", null, t => t.Append(K, "x"), Set("b", 10), "k s =x ~b", "k s =b ~x");
        yield return Both("expire-hset", HashSet("f", "v"), Expire(10), HashSet("g", "w"), "k h f=v g=w @10");
        Command hash4 = t => { t.HashWrite(K, "f", "v"); t.Expire(K, World.Epoch + 4); };
        yield return Both("pass-expire", hash4, t => t.RemoveElement(K, "none", 99), Expire(60), "k h f=v @60") with { LeftAt = 5, RightAt = 3 };
        yield return Both("pass-hset", hash4, HashSet("f", "w"), t => t.RemoveElement(K, "none", 99), "k h f=w") with { LeftAt = 5, RightAt = 5 };
        yield return Both("pass-hset-unseen", hash4, t => t.RemoveElement(K, "none", 99), HashSet("g", "w"), "") with { LeftAt = 5, RightAt = 3 };
    }

    private static PairRow Both(string name, Command? setup, Command left, Command right, string result) => new(name, setup, left, right, result, result);

    private static Command Set(string value, long expiry = 0) => t => t.Set(K, value, expiry == 0 ? Never : World.Epoch + expiry);

    private static Command SetTwo(string value) => t =>
    {
        t.Set(K, value, Never);
        t.Set(J, value, Never);
    };

    private static Command Incr(decimal by) => t => t.Increment(K, by);

    private static void Delete(SimTransaction t) => t.RemoveKey(K);

    private static Command Expire(long at) => t => t.Expire(K, World.Epoch + at);

    private static Command Remove(string element) => t => t.RemoveElement(K, element, 99);

    private static Command HashSet(string field, string value) => t => t.HashWrite(K, field, value);

    private static Command HashIncr(string field, decimal by) => t => t.HashIncrement(K, field, by);

    private static Command Score(string member, decimal score) => t => t.ScoreWrite(K, member, score);

    private static Command ScoreIncr(string member, decimal by) => t => t.ScoreIncrement(K, member, by);
}
