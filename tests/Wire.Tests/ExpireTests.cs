using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

public sealed class ExpireTests
{
    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Expire_SetsAndReportsTimes(string server) => WireScript.Play(WireServers.Named(server), """
        EXPIRE absent 10           => :0
        SET k v                    => +OK
        EXPIRE k 100               => :1
        TTL k                      => :100
        PTTL k                     => :99* | :100000
        PEXPIRE k 200000           => :1
        TTL k                      => :200
        EXPIREAT k 99999999999     => :1
        EXPIRETIME k               => :99999999999
        PEXPIRETIME k              => :99999999999000
        PEXPIREAT k 99999999999999 => :1
        EXPIRETIME k               => :100000000000
        PEXPIRETIME k              => :99999999999999
        TTL absent                 => :-2
        PTTL absent                => :-2
        EXPIRETIME absent          => :-2
        PEXPIRETIME absent         => :-2
        SET p v                    => +OK
        TTL p                      => :-1
        PTTL p                     => :-1
        EXPIRETIME p               => :-1
        PEXPIRETIME p              => :-1
        PERSIST p                  => :0
        PERSIST k                  => :1
        PERSIST k                  => :0
        TTL k                      => :-1
        PERSIST absent             => :0
        PEXPIREAT k 1500           => :1
        EXPIRETIME k               => :-2
        EXISTS k                   => :0
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Expire_InThePast_RemovesTheKey(string server) => WireScript.Play(WireServers.Named(server), """
        SET k v          => +OK
        EXPIRE k -1      => :1
        EXISTS k         => :0
        SET k v          => +OK
        EXPIRE k 0       => :1
        EXISTS k         => :0
        SET k v          => +OK
        EXPIREAT k 1     => :1
        EXISTS k         => :0
        SET k v          => +OK
        PEXPIRE k -10000 => :1
        EXISTS k         => :0
        SET k v          => +OK
        PEXPIREAT k 0    => :1
        EXISTS k         => :0
        SET k v          => +OK
        EXPIRE k 0 NX    => :1
        EXISTS k         => :0
        SET k v          => +OK
        EXPIRE k -1 XX   => :0
        EXISTS k         => :1
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Expire_WithConditions_RespectsThem(string server) => WireScript.Play(WireServers.Named(server), """
        SET k v                   => +OK
        EXPIRE k 100 XX           => :0
        EXPIRE k 100 GT           => :0
        TTL k                     => :-1
        EXPIRE k 100 LT           => :1
        TTL k                     => :100
        EXPIRE k 200 NX           => :0
        EXPIRE k 200 LT           => :0
        EXPIRE k 200 GT           => :1
        TTL k                     => :200
        EXPIRE k 100 GT           => :0
        EXPIRE k 50 LT            => :1
        EXPIRE k 60 XX            => :1
        TTL k                     => :60
        PERSIST k                 => :1
        EXPIRE k 70 NX            => :1
        EXPIRE k 80 XX GT         => :1
        EXPIRE k 90 XX LT         => :0
        EXPIRE k 100 NX XX        => -ERR NX and XX, GT or LT options at the same time are not compatible
        EXPIRE k 100 NX GT        => -ERR NX and XX, GT or LT options at the same time are not compatible
        EXPIRE k 100 NX LT        => -ERR NX and XX, GT or LT options at the same time are not compatible
        EXPIRE k 100 GT LT        => -ERR GT and LT options at the same time are not compatible
        EXPIRE k 100 FOO          => -ERR Unsupported option FOO
        EXPIRE k 100 XX XX        => :1
        EXPIRE absent 100 FOO     => -ERR Unsupported option FOO
        EXPIRE absent 100 XX      => :0
        PEXPIRE k 100000 nx       => :0
        EXPIREAT k 99999999999 GT => :1
        PEXPIREAT k 1 GT          => :0
        EXISTS k                  => :1
        PEXPIREAT k 1 LT          => :1
        EXISTS k                  => :0
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Expire_WithWrongTimes_AnswersErrors(string server) => WireScript.Play(WireServers.Named(server), """
        SET k v                         => +OK
        EXPIRE k abc                    => -ERR value is not an integer or out of range
        EXPIRE k 9223372036854775807    => -ERR invalid expire time in 'expire' command
        EXPIRE k -9223372036854775808   => -ERR invalid expire time in 'expire' command
        PEXPIRE k 9223372036854775807   => -ERR invalid expire time in 'pexpire' command
        PEXPIRE k -9223372036854775808  => :1
        EXISTS k                        => :0
        SET k v                         => +OK
        EXPIREAT k 9223372036854775807  => -ERR invalid expire time in 'expireat' command
        EXPIREAT k 9223372036854775     => :1
        PEXPIREAT k 9223372036854775807 => :1
        TTL k                           => :92*
        EXPIRE k 9223372036854770       => -ERR invalid expire time in 'expire' command
        EXPIRE k 1.5                    => -ERR value is not an integer or out of range
        EXPIRE k                        => -ERR wrong number of arguments for 'expire' command
        EXPIRE k ""                     => -ERR value is not an integer or out of range
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Expiry_OfEachType_HidesTheKey(string server) => WireScript.Play(WireServers.Named(server), """
        SET k v PXAT 1   => +OK
        GET k            => nil
        SET n 5          => +OK
        PEXPIREAT n 1    => :1
        INCR n           => :1
        HSET h a 1       => :1
        PEXPIREAT h 1    => :1
        HLEN h           => :0
        HINCRBY h a 1    => :1
        SADD s a         => :1
        PEXPIREAT s 1    => :1
        SMEMBERS s       => []
        SADD s a         => :1
        ZADD z 1 a       => :1
        PEXPIREAT z 1    => :1
        ZCARD z          => :0
        ZADD z XX 1 a    => :0
        ZADD z 1 a       => :1
        TYPE n           => +string
        EXISTS k n h s z => :4
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Expiry_AndOverwrites_ClearIt(string server) => WireScript.Play(WireServers.Named(server), """
        SET k v EX 100 => +OK
        SET k w        => +OK
        TTL k          => :-1
        EXPIRE k 100   => :1
        GETSET k x     => "w"
        TTL k          => :-1
        EXPIRE k 100   => :1
        DEL k          => :1
        SET k y        => +OK
        TTL k          => :-1
        EXPIRE k 100   => :1
        SETRANGE k 0 z => :1
        TTL k          => :100 | :99
        SADD s a       => :1
        EXPIRE s 100   => :1
        SREM s a       => :1
        SADD s b       => :1
        TTL s          => :-1
        ZADD z 1 a     => :1
        EXPIRE z 100   => :1
        ZINCRBY z 1 a  => "2"
        TTL z          => :100 | :99
        """);
}
