using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

public sealed class SortedSetTests
{
    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Zadd_WithOptions_CountsAndRefuses(string server) => WireScript.Play(WireServers.Named(server), """
        ZADD z 1 a 2 b           => :2
        ZADD z 2 a               => :0
        ZADD z CH 3 a            => :1
        ZADD z CH 3 a            => :0
        ZADD z NX 10 a 10 c      => :1
        ZADD z XX 20 c 20 d      => :0
        ZADD z XX CH 21 c 20 d   => :1
        ZSCORE z c               => "21"
        ZADD z GT 5 c            => :0
        ZADD z GT CH 30 c        => :1
        ZADD z LT CH 5 c         => :1
        ZADD z LT CH 6 c         => :0
        ZADD z LT CH 1 n         => :1
        ZADD z GT CH 1 m         => :1
        ZADD z INCR 5 a          => "8"
        ZADD z NX INCR 5 a       => nil
        ZADD z NX INCR 5 fresh   => "5"
        ZADD z XX INCR 5 nope    => nil
        ZADD z GT INCR -5 a      => nil
        ZADD z LT INCR -5 a      => "3"
        ZADD z INCR 5 a 6 b      => -ERR INCR option supports a single increment-element pair
        ZADD z NX XX 1 a         => -ERR XX and NX options at the same time are not compatible
        ZADD z NX GT 1 a         => -ERR GT, LT, and/or NX options at the same time are not compatible
        ZADD z GT LT 1 a         => -ERR GT, LT, and/or NX options at the same time are not compatible
        ZADD z 1                 => -ERR wrong number of arguments for 'zadd' command
        ZADD z 1 a 2             => -ERR syntax error
        ZADD z NX                => -ERR wrong number of arguments for 'zadd' command
        ZADD z abc a             => -ERR value is not a valid float
        ZADD z 1 x abc y         => -ERR value is not a valid float
        ZSCORE z x               => nil
        ZADD z nan a             => -ERR value is not a valid float
        ZADD z FOO 1 a           => -ERR syntax error
        ZADD absent XX 1 a       => :0
        EXISTS absent            => :0
        ZADD absent XX INCR 1 a  => nil
        ZADD z 1 dup 2 dup 3 dup => :1
        ZSCORE z dup             => "3"
        TYPE z                   => +zset
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Scores_AreWrittenAsRedisDoes(string server) => WireScript.Play(WireServers.Named(server), """
        ZADD z 1.5 a 3 b 1e20 c -0.1 d inf e -inf f 0.1 g 1e-7 h 123456789012345680 i 1.7976931348623157e308 j 3.0e5 k +inf l 17.25 m => :13
        ZSCORE z a                                                             => "1.5"
        ZSCORE z b                                                             => "3"
        ZSCORE z c                                                             => "1e+20"
        ZSCORE z d                                                             => "-0.10000000000000001"
        ZSCORE z e                                                             => "inf"
        ZSCORE z f                                                             => "-inf"
        ZSCORE z g                                                             => "0.10000000000000001"
        ZSCORE z h                                                             => "9.9999999999999995e-08"
        ZSCORE z i                                                             => "1.2345678901234568e+17"
        ZSCORE z j                                                             => "1.7976931348623157e+308"
        ZSCORE z k                                                             => "300000"
        ZSCORE z l                                                             => "inf"
        ZSCORE z m                                                             => "17.25"
        ZADD z Infinity x                                                      => :1
        ZSCORE z x                                                             => "inf"
        ZADD z 1e400 y                                                         => -ERR value is not a valid float
        ZADD z 0x10 y                                                          => :1
        ZSCORE z y                                                             => "16"
        ZADD z " 1" y                                                          => -ERR value is not a valid float
        ZADD z "1 " y                                                          => -ERR value is not a valid float
        ZADD z "" y                                                            => -ERR value is not a valid float
        ZSCORE z absent                                                        => nil
        ZSCORE absent a                                                        => nil
        ZMSCORE z a absent b                                                   => ["1.5", nil, "3"]
        ZMSCORE absent a b                                                     => [nil, nil]
        ZMSCORE z                                                              => -ERR wrong number of arguments for 'zmscore' command
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Zincrby_AddsAndRefusesWhatIsNoNumber(string server) => WireScript.Play(WireServers.Named(server), """
        ZINCRBY z 1.5 a  => "1.5"
        ZINCRBY z 1.5 a  => "3"
        ZINCRBY z -3 a   => "0"
        ZINCRBY z inf a  => "inf"
        ZINCRBY z 5 a    => "inf"
        ZINCRBY z -inf a => -ERR resulting score is not a number (NaN)
        ZINCRBY z abc a  => -ERR value is not a valid float
        ZINCRBY z 1 b    => "1"
        ZADD z 10 b      => :0
        ZINCRBY z 0.5 b  => "10.5"
        ZSCORE z b       => "10.5"
        SET s v          => +OK
        ZINCRBY s 1 a    => -WRONGTYPE Operation against a key holding the wrong kind of value
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void ZcardZrankZrem_FindMembers(string server) => PlaySmallAndLarge(server, """
        ZADD z 1 a 2 b 2 bb 3 c => :4
        ZCARD z                 => :4
        ZCARD absent            => :0
        ZRANK z a               => :0
        ZRANK z bb              => :2
        ZRANK z c               => :3
        ZRANK z x               => nil
        ZRANK absent a          => nil
        ZREVRANK z a            => :3
        ZREVRANK z b            => :2
        ZREVRANK z c            => :0
        ZREVRANK z x            => nil
        ZREM z a x              => :1
        ZREM z a                => :0
        ZREM absent a           => :0
        ZREM z b bb c c         => :3
        EXISTS z                => :0
        ZREM z                  => -ERR wrong number of arguments for 'zrem' command
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Zrange_ByPlace(string server) => PlaySmallAndLarge(server, """
        ZADD z 1 a 2 b 3 c 4 d              => :4
        ZRANGE z 0 -1                       => ["a", "b", "c", "d"]
        ZRANGE z 1 2                        => ["b", "c"]
        ZRANGE z -2 -1                      => ["c", "d"]
        ZRANGE z -100 100                   => ["a", "b", "c", "d"]
        ZRANGE z 2 1                        => []
        ZRANGE z 5 6                        => []
        ZRANGE z 0 -1 WITHSCORES            => ["a", "1", "b", "2", "c", "3", "d", "4"]
        ZRANGE z 0 -1 REV                   => ["d", "c", "b", "a"]
        ZRANGE z 0 0 REV WITHSCORES         => ["d", "4"]
        ZRANGE z -1 -1 REV                  => ["a"]
        ZREVRANGE z 0 1                     => ["d", "c"]
        ZREVRANGE z 0 1 WITHSCORES          => ["d", "4", "c", "3"]
        ZREVRANGE z -2 -1                   => ["b", "a"]
        ZRANGE absent 0 -1                  => []
        ZRANGE z a 1                        => -ERR value is not an integer or out of range
        ZRANGE z 0                          => -ERR wrong number of arguments for 'zrange' command
        ZRANGE z 0 1 FOO                    => -ERR syntax error
        ZREVRANGE z 0 1 REV                 => -ERR syntax error
        ZRANGE z 0 -1 LIMIT 0 1             => -ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX
        ZRANGE z 0 -1 LIMIT 0 -1            => ["a", "b", "c", "d"]
        ZRANGE z 0 -1 WITHSCORES WITHSCORES => ["a", "1", "b", "2", "c", "3", "d", "4"]
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Zrange_ByScore(string server) => PlaySmallAndLarge(server, """
        ZADD z 1 a 2 b 3 c 4 d                         => :4
        ZRANGEBYSCORE z 2 3                            => ["b", "c"]
        ZRANGEBYSCORE z (2 3                           => ["c"]
        ZRANGEBYSCORE z (2 (3                          => []
        ZRANGEBYSCORE z -inf +inf                      => ["a", "b", "c", "d"]
        ZRANGEBYSCORE z -inf (3 WITHSCORES             => ["a", "1", "b", "2"]
        ZRANGEBYSCORE z -inf +inf LIMIT 1 2            => ["b", "c"]
        ZRANGEBYSCORE z -inf +inf LIMIT 1 -1           => ["b", "c", "d"]
        ZRANGEBYSCORE z -inf +inf LIMIT -1 2           => []
        ZRANGEBYSCORE z -inf +inf LIMIT 0 0            => []
        ZRANGEBYSCORE z -inf +inf LIMIT 10 1           => []
        ZRANGEBYSCORE z -inf +inf LIMIT 1 2 WITHSCORES => ["b", "2", "c", "3"]
        ZRANGEBYSCORE z -inf +inf WITHSCORES LIMIT 1 2 => ["b", "2", "c", "3"]
        ZRANGEBYSCORE z 3 2                            => []
        ZRANGEBYSCORE z (2 (2                          => []
        ZRANGEBYSCORE z 2 (2                           => []
        ZRANGEBYSCORE z abc 3                          => -ERR min or max is not a float
        ZRANGEBYSCORE z 1 nan                          => -ERR min or max is not a float
        ZRANGEBYSCORE z 1 2 LIMIT 1                    => -ERR syntax error
        ZRANGEBYSCORE z 1 2 LIMIT a 1                  => -ERR value is not an integer or out of range
        ZREVRANGEBYSCORE z 3 2                         => ["c", "b"]
        ZREVRANGEBYSCORE z +inf -inf WITHSCORES        => ["d", "4", "c", "3", "b", "2", "a", "1"]
        ZREVRANGEBYSCORE z +inf -inf LIMIT 1 2         => ["c", "b"]
        ZREVRANGEBYSCORE z 2 3                         => []
        ZRANGE z 2 3 BYSCORE                           => ["b", "c"]
        ZRANGE z 3 2 BYSCORE REV                       => ["c", "b"]
        ZRANGE z (1 +inf BYSCORE LIMIT 1 1             => ["c"]
        ZRANGE z 1 (4 BYSCORE WITHSCORES               => ["a", "1", "b", "2", "c", "3"]
        ZRANGEBYSCORE absent 1 2                       => []
        ZCOUNT z 2 3                                   => :2
        ZCOUNT z (2 3                                  => :1
        ZCOUNT z 3 2                                   => :0
        ZCOUNT z -inf inf                              => :4
        ZCOUNT z a b                                   => -ERR min or max is not a float
        ZCOUNT absent 1 2                              => :0
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Zrange_ByName(string server) => PlaySmallAndLarge(server, """
        ZADD z 0 a 0 aa 0 b 0 c 0 d    => :5
        ZRANGEBYLEX z - +              => ["a", "aa", "b", "c", "d"]
        ZRANGEBYLEX z [a [b            => ["a", "aa", "b"]
        ZRANGEBYLEX z (a (c            => ["aa", "b"]
        ZRANGEBYLEX z [aa +            => ["aa", "b", "c", "d"]
        ZRANGEBYLEX z - (c             => ["a", "aa", "b"]
        ZRANGEBYLEX z + -              => []
        ZRANGEBYLEX z [c [a            => []
        ZRANGEBYLEX z - + LIMIT 1 2    => ["aa", "b"]
        ZRANGEBYLEX z - + LIMIT 1 -1   => ["aa", "b", "c", "d"]
        ZRANGEBYLEX z [ [b             => ["a", "aa", "b"]
        ZRANGEBYLEX z a b              => -ERR min or max not valid string range item
        ZRANGEBYLEX z -x +             => -ERR min or max not valid string range item
        ZRANGEBYLEX z "" +             => -ERR min or max not valid string range item
        ZREVRANGEBYLEX z + -           => ["d", "c", "b", "aa", "a"]
        ZREVRANGEBYLEX z [c [aa        => ["c", "b", "aa"]
        ZREVRANGEBYLEX z (c (a         => ["b", "aa"]
        ZREVRANGEBYLEX z + - LIMIT 1 2 => ["c", "b"]
        ZREVRANGEBYLEX z [ -           => []
        ZRANGE z [a (c BYLEX           => ["a", "aa", "b"]
        ZRANGE z (c [a BYLEX REV       => ["b", "aa", "a"]
        ZRANGE z - + BYLEX LIMIT 2 1   => ["b"]
        ZRANGE z - + BYLEX WITHSCORES  => -ERR syntax error, WITHSCORES not supported in combination with BYLEX
        ZLEXCOUNT z - +                => :5
        ZLEXCOUNT z [aa (c             => :2
        ZLEXCOUNT z + -                => :0
        ZLEXCOUNT z a b                => -ERR min or max not valid string range item
        ZLEXCOUNT absent - +           => :0
        ZADD z 0 ""                    => :1
        ZRANGEBYLEX z [ [a             => ["", "a"]
        ZRANGEBYLEX z ( [a             => ["a"]
        ZREVRANGEBYLEX z [a [          => ["a", ""]
        ZREVRANGEBYLEX z [ [           => [""]
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Zpop_TakesFromEitherEnd(string server) => PlaySmallAndLarge(server, """
        ZADD z 1 a 2 b 3 c 4 d 5 e => :5
        ZPOPMIN z                  => ["a", "1"]
        ZPOPMAX z                  => ["e", "5"]
        ZPOPMIN z 2                => ["b", "2", "c", "3"]
        ZPOPMAX z 0                => []
        ZPOPMIN z -1               => -ERR value is out of range, must be positive
        ZPOPMIN z abc              => -ERR value is out of range, must be positive
        ZPOPMIN z 1 2              => -ERR syntax error
        ZPOPMAX z 10               => ["d", "4"]
        EXISTS z                   => :0
        ZPOPMIN z                  => []
        ZPOPMIN z 5                => []
        ZPOPMAX absent             => []
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Zremrangeby_RemovesRanges(string server) => PlaySmallAndLarge(server, """
        ZADD z 1 a 2 b 3 c 4 d 5 e   => :5
        ZREMRANGEBYRANK z 0 0        => :1
        ZREMRANGEBYRANK z -1 -1      => :1
        ZREMRANGEBYRANK z 5 6        => :0
        ZREMRANGEBYRANK z a 1        => -ERR value is not an integer or out of range
        ZREMRANGEBYSCORE z (2 3      => :1
        ZREMRANGEBYSCORE z abc 3     => -ERR min or max is not a float
        ZREMRANGEBYSCORE z 10 20     => :0
        ZRANGE z 0 -1                => ["b", "d"]
        ZREMRANGEBYSCORE z -inf +inf => :2
        EXISTS z                     => :0
        ZADD z 0 a 0 b 0 c           => :3
        ZREMRANGEBYLEX z [a (b       => :1
        ZREMRANGEBYLEX z a b         => -ERR min or max not valid string range item
        ZREMRANGEBYLEX z - +         => :2
        EXISTS z                     => :0
        ZREMRANGEBYRANK absent 0 -1  => :0
        ZREMRANGEBYSCORE absent 0 1  => :0
        ZREMRANGEBYLEX absent - +    => :0
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Zrangestore_StoresOrRemoves(string server) => WireScript.Play(WireServers.Named(server), """
        ZADD {t}z 1 a 2 b 3 c                 => :3
        ZRANGESTORE {t}d {t}z 0 1             => :2
        ZRANGE {t}d 0 -1 WITHSCORES           => ["a", "1", "b", "2"]
        ZRANGESTORE {t}d {t}z (1 +inf BYSCORE => :2
        ZRANGE {t}d 0 -1 WITHSCORES           => ["b", "2", "c", "3"]
        ZRANGESTORE {t}d {t}z 0 0 REV         => :1
        ZRANGE {t}d 0 -1                      => ["c"]
        ZRANGESTORE {t}d {t}z 5 6             => :0
        EXISTS {t}d                           => :0
        ZRANGESTORE {t}d {t}absent 0 -1       => :0
        ZRANGESTORE {t}d {t}z 0 -1 WITHSCORES => -ERR syntax error
        SET {t}s v                            => +OK
        ZRANGESTORE {t}d {t}s 0 -1            => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZRANGESTORE {t}s {t}z 0 -1            => :3
        TYPE {t}s                             => +zset
        ZRANGESTORE {t}z {t}z 1 1             => :1
        ZRANGE {t}z 0 -1                      => ["b"]
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Zrandmember_AnswersMembers(string server) => WireScript.Play(WireServers.Named(server), """
        ZRANDMEMBER absent                 => nil
        ZRANDMEMBER absent 2               => []
        ZADD z 1.5 a                       => :1
        ZRANDMEMBER z                      => "a"
        ZRANDMEMBER z 5                    => ["a"]
        ZRANDMEMBER z -2                   => ["a", "a"]
        ZRANDMEMBER z 0                    => []
        ZRANDMEMBER z 1 WITHSCORES         => ["a", "1.5"]
        ZRANDMEMBER z -2 WITHSCORES        => ["a", "1.5", "a", "1.5"]
        ZRANDMEMBER z 1 FOO                => -ERR syntax error
        ZRANDMEMBER z abc                  => -ERR value is not an integer or out of range
        ZRANDMEMBER z -9223372036854775808 => -ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void SortedSetsInResp3_HaveDoublesAndPairs(string server) => WireScript.Play(WireServers.Named(server), """
        HELLO 3                              => *
        ZADD z 1 a 2.5 b                     => :2
        ZSCORE z a                           => ,1
        ZSCORE z b                           => ,2.5
        ZSCORE z x                           => null
        ZMSCORE z a x                        => [,1, null]
        ZINCRBY z 1.5 a                      => ,2.5
        ZADD z INCR 1 a                      => ,3.5
        ZADD z NX INCR 1 a                   => null
        ZRANGE z 0 -1                        => ["b", "a"]
        ZRANGE z 0 -1 WITHSCORES             => [["b", ,2.5], ["a", ,3.5]]
        ZREVRANGE z 0 -1 WITHSCORES          => [["a", ,3.5], ["b", ,2.5]]
        ZRANGEBYSCORE z -inf +inf WITHSCORES => [["b", ,2.5], ["a", ,3.5]]
        ZRANDMEMBER z 0 WITHSCORES           => []
        ZADD one 1 a                         => :1
        ZRANDMEMBER one 1 WITHSCORES         => [["a", ,1]]
        ZRANDMEMBER one -2 WITHSCORES        => [["a", ,1], ["a", ,1]]
        ZSCAN one 0                          => ["0", ["a", "1"]]
        ZPOPMIN z                            => ["b", ,2.5]
        ZPOPMIN z 1                          => [["a", ,3.5]]
        ZPOPMIN z                            => []
        ZPOPMIN z 3                          => []
        ZRANK one a                          => :0
        ZRANK one x                          => null
        ZADD i inf a                         => :1
        ZSCORE i a                           => ,inf
        ZADD i -inf a                        => :0
        ZSCORE i a                           => ,-inf
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Zscan_GoesThroughSmallSortedSetsAtOnce(string server) => WireScript.Play(WireServers.Named(server), """
        ZADD z 1 a 2.5 b 3 c => :3
        ZSCAN z 0            => ["0", ["a", "1", "b", "2.5", "c", "3"]]
        ZSCAN z 0 MATCH b    => ["0", ["b", "2.5"]]
        ZSCAN z 0 COUNT 1    => ["0", ["a", "1", "b", "2.5", "c", "3"]]
        ZSCAN absent 0       => ["0", []]
        ZSCAN z x            => -ERR invalid cursor
        ZSCAN z 0 FOO        => -ERR syntax error
        ZADD big 1e20 a      => :1
        ZSCAN big 0          => ["0", ["a", "1e+20"]]
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void SortedSetCommands_OnOtherTypes_AnswerWrongType(string server) => WireScript.Play(WireServers.Named(server), """
        SET k v                => +OK
        ZADD k 1 a             => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZCARD k                => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZSCORE k a             => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZMSCORE k a            => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZRANK k a              => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZRANGE k 0 -1          => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZRANGEBYSCORE k 1 2    => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZRANGEBYLEX k - +      => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZCOUNT k 1 2           => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZLEXCOUNT k - +        => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZREM k a               => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZPOPMIN k              => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZPOPMIN k 0            => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZREMRANGEBYRANK k 0 1  => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZREMRANGEBYSCORE k 0 1 => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZREMRANGEBYLEX k - +   => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZRANDMEMBER k          => -WRONGTYPE Operation against a key holding the wrong kind of value
        ZSCAN k 0              => -WRONGTYPE Operation against a key holding the wrong kind of value
        """);

    /// <summary>
    /// Plays a script that begins by adding to z; and again, where z has also held a member too long for a small sorted set. What
    /// commands answer must not tell the two apart.
    /// </summary>
    private static void PlaySmallAndLarge(string server, string script)
    {
        WireScript.Play(WireServers.Named(server), script);
        int first = script.IndexOf('\n', StringComparison.Ordinal) + 1;
        string member = new('m', 65);
        WireScript.Play(WireServers.Named(server), $"{script[..first]}ZADD z 3 {member} => :1\nZREM z {member} => :1\n{script[first..]}");
    }
}
