using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

public sealed class HashTests
{
    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void HsetHget_CountNewFields(string server) => WireScript.Play(WireServers.Named(server), """
        HSET h a 1         => :1
        HSET h a 2         => :0
        HSET h b 3 c 4     => :2
        HSET h c 5 d 6 d 7 => :1
        HGET h a           => "2"
        HGET h absent      => nil
        HGET absent a      => nil
        HLEN h             => :4
        HLEN absent        => :0
        HGETALL h          => ["a", "2", "b", "3", "c", "5", "d", "7"]
        HKEYS h            => ["a", "b", "c", "d"]
        HVALS h            => ["2", "3", "5", "7"]
        HGETALL absent     => []
        HKEYS absent       => []
        HVALS absent       => []
        HSET h a           => -ERR wrong number of arguments for 'hset' command
        HSET h a 1 b       => -ERR wrong number of arguments for 'hset' command
        HSET h             => -ERR wrong number of arguments for 'hset' command
        HMSET h x 1 y 2    => +OK
        HMSET h x          => -ERR wrong number of arguments for 'hmset' command
        HMGET h x y z a    => ["1", "2", nil, "2"]
        HMGET absent x y   => [nil, nil]
        HMSET h x 1 y      => -ERR wrong number of arguments for 'hmset' command
        TYPE h             => +hash
        HSET h "" empty    => :1
        HGET h ""          => "empty"
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Hsetnx_OnlySetsWhatIsAbsent(string server) => WireScript.Play(WireServers.Named(server), """
        HSETNX h f 1 => :1
        HSETNX h f 2 => :0
        HGET h f     => "1"
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Hdel_RemovesFieldsAndTheKeyWithTheLast(string server) => WireScript.Play(WireServers.Named(server), """
        HSET h a 1 b 2 c 3 => :3
        HDEL h a x         => :1
        HDEL h a           => :0
        HDEL absent a      => :0
        HEXISTS h b        => :1
        HEXISTS h a        => :0
        HDEL h b c b       => :2
        EXISTS h           => :0
        TYPE h             => +none
        HSET h a 1         => :1
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Hstrlen_AnswersTheLength(string server) => WireScript.Play(WireServers.Named(server), """
        HSET h a 12345 b "" => :2
        HINCRBY h n 100     => :100
        HSTRLEN h a         => :5
        HSTRLEN h b         => :0
        HSTRLEN h n         => :3
        HSTRLEN h x         => :0
        HSTRLEN absent a    => :0
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Hincrby_AddsUpWithinBounds(string server) => WireScript.Play(WireServers.Named(server), """
        HINCRBY h n 5                 => :5
        HINCRBY h n -2                => :3
        HSET h n 17179869184          => :0
        HINCRBY h n 1                 => :17179869185
        HSET h n " 11"                => :0
        HINCRBY h n 1                 => -ERR hash value is not an integer
        HSET h n text                 => :0
        HINCRBY h n 1                 => -ERR hash value is not an integer
        HSET h n 9223372036854775807  => :0
        HINCRBY h n 1                 => -ERR increment or decrement would overflow
        HINCRBY h n -1                => :9223372036854775806
        HSET h n -9223372036854775808 => :0
        HINCRBY h n -1                => -ERR increment or decrement would overflow
        HINCRBY h n abc               => -ERR value is not an integer or out of range
        HINCRBY h n 1.5               => -ERR value is not an integer or out of range
        HGET h n                      => "-9223372036854775808"
        SET s v                       => +OK
        HINCRBY s f 1                 => -WRONGTYPE Operation against a key holding the wrong kind of value
        HINCRBYFLOAT s f 1            => -WRONGTYPE Operation against a key holding the wrong kind of value
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Hincrbyfloat_FormatsAsRedisDoes(string server) => WireScript.Play(WireServers.Named(server), """
        HINCRBYFLOAT h f 2.5 => "2.5"
        HINCRBYFLOAT h f 0.5 => "3"
        HINCRBYFLOAT h f -3  => "0"
        HSET h f 1e3         => :0
        HSET h f text        => :0
        HINCRBYFLOAT h f 1   => -ERR hash value is not a float
        HSET h f " 1"        => :0
        HINCRBYFLOAT h f 1   => -ERR hash value is not a float
        HINCRBYFLOAT h f abc => -ERR value is not a valid float
        HINCRBYFLOAT h f inf => -ERR value is NaN or Infinity
        HSET h f 1           => :0
        HINCRBYFLOAT h f inf => -ERR value is NaN or Infinity
        HINCRBYFLOAT h f nan => -ERR value is not a valid float
        HINCRBY h i 3        => :3
        HINCRBYFLOAT h i 1.5 => "4.5"
        HINCRBY h i 1        => -ERR hash value is not an integer
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void HashCommands_OnOtherTypes_AnswerWrongType(string server) => WireScript.Play(WireServers.Named(server), """
        SET s v      => +OK
        HSET s f v   => -WRONGTYPE Operation against a key holding the wrong kind of value
        HGET s f     => -WRONGTYPE Operation against a key holding the wrong kind of value
        HDEL s f     => -WRONGTYPE Operation against a key holding the wrong kind of value
        HLEN s       => -WRONGTYPE Operation against a key holding the wrong kind of value
        HGETALL s    => -WRONGTYPE Operation against a key holding the wrong kind of value
        HMGET s f    => -WRONGTYPE Operation against a key holding the wrong kind of value
        HSTRLEN s f  => -WRONGTYPE Operation against a key holding the wrong kind of value
        HSCAN s 0    => -WRONGTYPE Operation against a key holding the wrong kind of value
        HRANDFIELD s => -WRONGTYPE Operation against a key holding the wrong kind of value
        HEXISTS s f  => -WRONGTYPE Operation against a key holding the wrong kind of value
        HKEYS s      => -WRONGTYPE Operation against a key holding the wrong kind of value
        HVALS s      => -WRONGTYPE Operation against a key holding the wrong kind of value
        HSETNX s f v => -WRONGTYPE Operation against a key holding the wrong kind of value
        HMSET s f v  => -WRONGTYPE Operation against a key holding the wrong kind of value
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Hrandfield_AnswersFieldsOfTheHash(string server) => WireScript.Play(WireServers.Named(server), """
        HRANDFIELD absent                 => nil
        HRANDFIELD absent 3               => []
        HSET h a 1                        => :1
        HRANDFIELD h                      => "a"
        HRANDFIELD h 5                    => ["a"]
        HRANDFIELD h -3                   => ["a", "a", "a"]
        HRANDFIELD h 0                    => []
        HRANDFIELD h 2 WITHVALUES         => ["a", "1"]
        HRANDFIELD h -2 WITHVALUES        => ["a", "1", "a", "1"]
        HRANDFIELD h 2 FOO                => -ERR syntax error
        HRANDFIELD h 2 WITHVALUES x       => -ERR syntax error
        HRANDFIELD h abc                  => -ERR value is not an integer or out of range
        HRANDFIELD h 9223372036854775807  => ["a"]
        HRANDFIELD h 9223372036854775808  => -ERR value is not an integer or out of range
        HRANDFIELD h -9223372036854775808 => -ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void HrandfieldInResp3_NestsPairs(string server) => WireScript.Play(WireServers.Named(server), """
        HELLO 3                    => *
        HSET h a 1                 => :1
        HRANDFIELD h 2 WITHVALUES  => [["a", "1"]]
        HRANDFIELD h -2 WITHVALUES => [["a", "1"], ["a", "1"]]
        HRANDFIELD h 2             => ["a"]
        HRANDFIELD absent          => null
        HRANDFIELD absent 2        => []
        HGETALL h                  => {"a": "1"}
        HKEYS h                    => ["a"]
        HMGET h a b                => ["1", null]
        HGET h x                   => null
        HSCAN h 0                  => ["0", ["a", "1"]]
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Hscan_GoesThroughSmallHashesAtOnce(string server) => WireScript.Play(WireServers.Named(server), """
        HSET h a 1 b 2 c 3           => :3
        HSCAN h 0                    => ["0", ["a", "1", "b", "2", "c", "3"]]
        HSCAN h 0 MATCH b*           => ["0", ["b", "2"]]
        HSCAN h 0 COUNT 1            => ["0", ["a", "1", "b", "2", "c", "3"]]
        HSCAN h 0 MATCH x COUNT 100  => ["0", []]
        HSCAN absent 0               => ["0", []]
        HSCAN h abc                  => -ERR invalid cursor
        HSCAN h 0 COUNT 0            => -ERR syntax error
        HSCAN h 0 COUNT -1           => -ERR syntax error
        HSCAN h 0 COUNT abc          => -ERR value is not an integer or out of range
        HSCAN h 0 FOO                => -ERR syntax error
        HSCAN h 0 TYPE string        => -ERR syntax error
        HSCAN h 18446744073709551616 => -ERR invalid cursor
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void HashExpiry_HidesTheWholeHash(string server) => WireScript.Play(WireServers.Named(server), """
        HSET h a 1    => :1
        PEXPIREAT h 1 => :1
        EXISTS h      => :0
        HGET h a      => nil
        HSET h b 2    => :1
        HGETALL h     => ["b", "2"]
        TTL h         => :-1
        EXPIRE h 100  => :1
        HSET h c 3    => :1
        TTL h         => :100 | :99
        DEL h         => :1
        HSET h d 4    => :1
        TTL h         => :-1
        """);
}
