using System.Text;

namespace MultiCloudKv.Wire.Tests.Harness;

/// <summary>
/// Random command lines over few keys and few elements, so that types, options and leftovers of earlier commands meet. Left
/// out is what two right servers answer differently: random choices, and sums with more digits than Redis's long doubles hold.
/// </summary>
public sealed class CommandMix(int seed)
{
    /// <summary>
    /// One command a line. In braces stands what is drawn: {k} a key, {e} an element, {v} a value, {i} an integer or not, {f} a
    /// number or not, {p} a place, {s} a bound of scores, {n} a bound of names, {t} a time; {A|B|} one of the texts.
    /// </summary>
    private const string Lines = """
        SET {k} {v} {NX|XX|||} {GET||} {KEEPTTL|EX 1000|PXAT 5|||}
        GET {k}
        GETDEL {k}
        GETSET {k} {v}
        GETEX {k} {PERSIST|EX 1000|EXAT 99999999999|PXAT 5|EX 0||}
        MGET {k} {k} {k}
        MSET {k} {v} {k} {v}
        MSETNX {k} {v} {k} {v}
        APPEND {k} {v}
        STRLEN {k}
        SETRANGE {k} {0|1|5|-1|x} {v}
        GETRANGE {k} {p} {p}
        INCR {k}
        DECRBY {k} {i}
        INCRBY {k} {i}
        INCRBYFLOAT {k} {1|1.5|-0.25|x|inf}
        LCS {k} {k} {IDX|LEN|IDX WITHMATCHLEN|}
        DEL {k} {k}
        EXISTS {k} {k}
        TYPE {k}
        RENAME {k} {k}
        RENAMENX {k} {k}
        COPY {k} {k} {REPLACE|}
        EXPIRE {k} {t} {NX|XX|GT|LT|XX GT|NX LT|||}
        PEXPIREAT {k} {99999999999999|1|99999999999000} {NX|XX|GT|LT||}
        PERSIST {k}
        EXPIRETIME {k}
        KEYS *
        DBSIZE
        SCAN 0 COUNT 100000
        HSET {k} {e} {v} {e} {v}
        HSETNX {k} {e} {v}
        HGET {k} {e}
        HMGET {k} {e} {e}
        HDEL {k} {e} {e}
        HLEN {k}
        HGETALL {k}
        HKEYS {k}
        HVALS {k}
        HEXISTS {k} {e}
        HSTRLEN {k} {e}
        HINCRBY {k} {e} {i}
        HINCRBYFLOAT {k} {e} {1|1.5|-0.25|x|inf|nan}
        HRANDFIELD {k} 100 WITHVALUES
        HSCAN {k} 0
        SADD {k} {e} {e}
        SREM {k} {e} {e}
        SISMEMBER {k} {e}
        SMISMEMBER {k} {e} {e}
        SCARD {k}
        SMEMBERS {k}
        SMOVE {k} {k} {e}
        SPOP {k} 100
        SRANDMEMBER {k} 100
        SSCAN {k} 0 COUNT 1000
        ZADD {k} {NX|XX|GT|LT||||} {CH||} {f} {e} {f} {e}
        ZADD {k} {NX|XX|GT|LT|||} INCR {f} {e}
        ZINCRBY {k} {f} {e}
        ZREM {k} {e} {e}
        ZSCORE {k} {e}
        ZMSCORE {k} {e} {e}
        ZCARD {k}
        ZRANK {k} {e}
        ZREVRANK {k} {e}
        ZRANGE {k} {p} {p} {REV||} {WITHSCORES||}
        ZRANGE {k} {s} {s} BYSCORE {REV||} {WITHSCORES||} {LIMIT 1 2|LIMIT 0 -1||}
        ZREVRANGE {k} {p} {p}
        ZRANGEBYSCORE {k} {s} {s} {WITHSCORES|LIMIT 1 2|LIMIT -1 2||}
        ZREVRANGEBYSCORE {k} {s} {s} {WITHSCORES||}
        ZRANGESTORE {k} {k} {p} {p}
        ZCOUNT {k} {s} {s}
        ZPOPMIN {k} {0|1|2|-1|x||}
        ZPOPMAX {k} {1|5||}
        ZREMRANGEBYRANK {k} {p} {p}
        ZREMRANGEBYSCORE {k} {s} {s}
        ZRANDMEMBER {k} 100
        ZSCAN {k} 0
        ZADD names 0 {e} 0 {e}
        ZRANGE names {n} {n} BYLEX {REV||} {LIMIT 1 2||}
        ZREVRANGEBYLEX names {n} {n}
        ZLEXCOUNT names {n} {n}
        ZREMRANGEBYLEX names {n} {n}
        """;

    private static readonly string[] Commands = Lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static readonly HashSet<string> Unordered =
    [
        "KEYS", "SCAN", "HGETALL", "HKEYS", "HVALS", "HRANDFIELD", "HSCAN", "SMEMBERS", "SPOP", "SRANDMEMBER", "SSCAN", "ZRANDMEMBER", "ZSCAN",
    ];

    private readonly Random _random = new(seed);

    public int Next(int limit) => _random.Next(limit);

    public string Command()
    {
        string line = Commands[_random.Next(Commands.Length)];
        var text = new StringBuilder();
        int at = 0;
        for (int open = line.IndexOf('{', StringComparison.Ordinal); open >= 0; open = line.IndexOf('{', at))
        {
            int close = line.IndexOf('}', open);
            text.Append(line, at, open - at).Append(Draw(line[(open + 1)..close]));
            at = close + 1;
        }

        return text.Append(line, at, line.Length - at).ToString();
    }

    /// <summary>Two replies say the same; where the command promises no order, in any.</summary>
    public static bool AreSame(string command, string one, string other)
    {
        string name = command.Split(' ')[0];
        return one == other || (Unordered.Contains(name) && one.Order().SequenceEqual(other.Order()));
    }

    private string Draw(string what) => what switch
    {
        "k" => OneOf("k1", "k2", "k3", "k4", "k5"),
        "e" => OneOf("a", "b", "c", "aa", "ab", "\"\"", "1", "2", "10", "-1", "\"x y\"", "a-longer-element-that-redis-would-not-pack-into-a-list-pack-of-its-small-ones"),
        "v" => OneOf("v", "\"\"", "10", "-5", "3.5", "\"hello world\"", "0", "text", "007", "\" 1\""),
        "i" => OneOf("0", "1", "-1", "10", "-100", "9223372036854775808", "1000000000000", "x", "1.5", "\"\""),
        "f" => OneOf("0", "1", "-1", "1.5", "0.25", "-2.75", "3", "1e3", "inf", "-inf", "x", "nan", "1e-3", ".5", "100"),
        "p" => OneOf("0", "1", "2", "-1", "-2", "-3", "5", "-9"),
        "s" => OneOf("-inf", "+inf", "0", "1", "(1", "1.5", "(3", "-2", "x", "100"),
        "n" => OneOf("-", "+", "[a", "(a", "[b", "(aa", "[c", "[", "(", "x", "[1", "(2"),
        "t" => OneOf("1000", "100000", "-1", "0", "99999999999", "x"),
        _ => OneOf(what.Split('|')),
    };

    private string OneOf(params string[] texts) => texts[_random.Next(texts.Length)];
}
