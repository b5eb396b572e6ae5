using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

public sealed class CounterTests
{
    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void IncrDecr_OnIntegers_AddUp(string server) => WireScript.Play(WireServers.Named(server), """
        INCR k               => :1
        INCR k               => :2
        INCRBY k 10          => :12
        DECR k               => :11
        DECRBY k 5           => :6
        INCRBY k -3          => :3
        GET k                => "3"
        SET k 17179869184    => +OK
        INCR k               => :17179869185
        INCRBY k 17179869184 => :34359738369
        SET k " 11"          => +OK
        INCR k               => -ERR value is not an integer or out of range
        SET k "11 "          => +OK
        INCR k               => -ERR value is not an integer or out of range
        SET k 007            => +OK
        INCR k               => -ERR value is not an integer or out of range
        SET k ""             => +OK
        INCR k               => -ERR value is not an integer or out of range
        SET k -0             => +OK
        INCR k               => -ERR value is not an integer or out of range
        SET k +1             => +OK
        INCR k               => -ERR value is not an integer or out of range
        INCRBY k abc         => -ERR value is not an integer or out of range
        INCRBY k 1.5         => -ERR value is not an integer or out of range
        INCRBY k ""          => -ERR value is not an integer or out of range
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void IncrDecr_AtTheBounds_RefuseToOverflow(string server) => WireScript.Play(WireServers.Named(server), """
        SET k 9223372036854775807     => +OK
        INCR k                        => -ERR increment or decrement would overflow
        INCRBY k 1                    => -ERR increment or decrement would overflow
        DECR k                        => :9223372036854775806
        SET k -9223372036854775808    => +OK
        DECR k                        => -ERR increment or decrement would overflow
        INCR k                        => :-9223372036854775807
        DECRBY k -9223372036854775808 => -ERR decrement would overflow
        DECRBY k 9223372036854775807  => -ERR increment or decrement would overflow
        INCRBY k 9223372036854775808  => -ERR value is not an integer or out of range
        SET k 9223372036854775808     => +OK
        INCR k                        => -ERR value is not an integer or out of range
        GET k                         => "9223372036854775808"
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void IncrDecr_OnOtherTypes_AnswerWrongType(string server) => WireScript.Play(WireServers.Named(server), """
        SADD s a          => :1
        INCR s            => -WRONGTYPE Operation against a key holding the wrong kind of value
        DECRBY s 2        => -WRONGTYPE Operation against a key holding the wrong kind of value
        INCRBYFLOAT s 1.5 => -WRONGTYPE Operation against a key holding the wrong kind of value
        SET t text        => +OK
        INCR t            => -ERR value is not an integer or out of range
        INCRBYFLOAT t 1   => -ERR value is not a valid float
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void IncrAndExpiry_KeepTheExpiry(string server) => WireScript.Play(WireServers.Named(server), """
        SET k 1 EX 100    => +OK
        INCR k            => :2
        TTL k             => :100
        INCRBYFLOAT k 1.5 => "3.5"
        TTL k             => :100
        PERSIST k         => :1
        INCR k            => -ERR value is not an integer or out of range
        GET k             => "3.5"
        SET n 5           => +OK
        EXPIRE n 100      => :1
        INCR n            => :6
        TTL n             => :100
        SET n 6           => +OK
        TTL n             => :-1
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Incrbyfloat_FormatsAsRedisDoes(string server) => WireScript.Play(WireServers.Named(server), """
        INCRBYFLOAT k 1      => "1"
        GET k                => "1"
        INCRBYFLOAT k 0.25   => "1.25"
        INCRBYFLOAT k 10.5   => "11.75"
        INCRBYFLOAT k -11.75 => "0"
        INCRBYFLOAT k 1.23e2 => "123"
        INCRBYFLOAT k -123   => "0"
        SET k 3.0e3          => +OK
        INCRBYFLOAT k 200    => "3200"
        SET k 3              => +OK
        INCRBYFLOAT k 1.1    => "4.1"
        INCRBYFLOAT k -1.1   => "3"
        SET k 17179869184    => +OK
        INCRBYFLOAT k 1.5    => "17179869185.5"
        SET k 10.50          => +OK
        INCRBYFLOAT k 0.1    => "10.6"
        INCRBYFLOAT k -5     => "5.6"
        SET k 0.1            => +OK
        INCRBYFLOAT k 0.2    => "0.3"
        INCRBYFLOAT k 1e-10  => "0.3000000001"
        SET k 1e15           => +OK
        INCRBYFLOAT k 0.5    => "1000000000000000.5"
        SET k -0.5           => +OK
        INCRBYFLOAT k 0.5    => "0"
        SET k 5.             => +OK
        INCRBYFLOAT k .5     => "5.5"
        INCRBYFLOAT k abc    => -ERR value is not a valid float
        INCRBYFLOAT k ""     => -ERR value is not a valid float
        INCRBYFLOAT k " 1"   => -ERR value is not a valid float
        INCRBYFLOAT k nan    => -ERR value is not a valid float
        INCRBYFLOAT k inf    => -ERR increment would produce NaN or Infinity
        INCRBYFLOAT k +inf   => -ERR increment would produce NaN or Infinity
        INCRBYFLOAT k -inf   => -ERR increment would produce NaN or Infinity
        INCRBYFLOAT k 1e5000 => -ERR value is not a valid float
        SET k " 1"           => +OK
        INCRBYFLOAT k 1      => -ERR value is not a valid float
        SET k "1 "           => +OK
        INCRBYFLOAT k 1      => -ERR value is not a valid float
        SET k ""             => +OK
        INCRBYFLOAT k 1      => -ERR value is not a valid float
        SET k 1e5            => +OK
        INCRBYFLOAT k 0      => "100000"
        INCRBYFLOAT k +5     => "100005"
        APPEND k 0           => :7
        GET k                => "1000050"
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void CountersAndStringCommands_SeeTheDigits(string server) => WireScript.Play(WireServers.Named(server), """
        INCRBY k 1234  => :1234
        STRLEN k       => :4
        GETRANGE k 1 2 => "23"
        APPEND k 5     => :5
        INCR k         => :12346
        SETRANGE k 0 9 => :5
        GET k          => "92346"
        MGET k         => ["92346"]
        GETSET k 1     => "92346"
        INCR k         => :2
        SETNX k 5      => :0
        EXISTS k       => :1
        TYPE k         => +string
        GETDEL k       => "2"
        INCR k         => :1
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void IncrbyfloatInResp3_StaysABulkString(string server) => WireScript.Play(WireServers.Named(server), """
        HELLO 3              => *
        INCRBYFLOAT k 1.5    => "1.5"
        INCR n               => :1
        HINCRBYFLOAT h f 2.5 => "2.5"
        """);
}
