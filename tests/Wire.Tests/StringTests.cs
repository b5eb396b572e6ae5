using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

public sealed class StringTests
{
    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Set_WithConditionsAndExpiry_AnswersAndKeepsAsDocumented(string server) => WireScript.Play(WireServers.Named(server), """
        SET k a                     => +OK
        SET k b NX                  => nil
        SET k b XX                  => +OK
        GET k                       => "b"
        SET absent a XX             => nil
        EXISTS absent               => :0
        SET k c EX 100              => +OK
        TTL k                       => :100
        SET k d KEEPTTL             => +OK
        TTL k                       => :100 | :99
        SET k e GET                 => "d"
        TTL k                       => :-1
        SET fresh v GET             => nil
        SET k f NX GET              => "e"
        SET k f XX GET EX 10        => "e"
        SET absent v XX GET         => nil
        SET other v NX GET          => nil
        SET k v EXAT 99999999999    => +OK
        EXPIRETIME k                => :99999999999
        SET k v PXAT 99999999999999 => +OK
        PEXPIRETIME k               => :99999999999999
        SET k v pxat 1              => +OK
        GET k                       => nil
        SADD s a                    => :1
        SET s v GET                 => -WRONGTYPE Operation against a key holding the wrong kind of value
        SET s v                     => +OK
        TYPE s                      => +string
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Set_WithWrongOptions_AnswersErrors(string server) => WireScript.Play(WireServers.Named(server), """
        SET k v EX 0                   => -ERR invalid expire time in 'set' command
        SET k v EX -1                  => -ERR invalid expire time in 'set' command
        SET k v EX 9223372036854775807 => -ERR invalid expire time in 'set' command
        SET k v PX 9223372036854775807 => -ERR invalid expire time in 'set' command
        SET k v EXAT 9223372036854775  => +OK
        SET k v EX abc                 => -ERR value is not an integer or out of range
        SET k v EX                     => -ERR syntax error
        SET k v NX XX                  => -ERR syntax error
        SET k v EX 10 PX 10            => -ERR syntax error
        SET k v EX 10 KEEPTTL          => -ERR syntax error
        SET k v BOGUS                  => -ERR syntax error
        SET k v PERSIST                => -ERR syntax error
        SET k                          => -ERR wrong number of arguments for 'set' command
        EXISTS k                       => :1
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void SetnxSetexPsetex_AnswerAsDocumented(string server) => WireScript.Play(WireServers.Named(server), """
        SETNX k a                      => :1
        SETNX k b                      => :0
        GET k                          => "a"
        SETEX k 100 v                  => +OK
        TTL k                          => :100
        SETEX k 0 v                    => -ERR invalid expire time in 'setex' command
        SETEX k -5 v                   => -ERR invalid expire time in 'setex' command
        SETEX k a v                    => -ERR value is not an integer or out of range
        PSETEX k 100000 v              => +OK
        PSETEX k 0 v                   => -ERR invalid expire time in 'psetex' command
        PSETEX k 9223372036854775807 v => -ERR invalid expire time in 'psetex' command
        PTTL k                         => :99* | :100000
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Getex_WithOptions_SetsOrClearsExpiry(string server) => WireScript.Play(WireServers.Named(server), """
        GETEX k                        => nil
        SET k v                        => +OK
        GETEX k                        => "v"
        TTL k                          => :-1
        GETEX k EX 100                 => "v"
        TTL k                          => :100
        GETEX k PX 100000              => "v"
        GETEX k PERSIST                => "v"
        TTL k                          => :-1
        GETEX k EXAT 99999999999       => "v"
        EXPIRETIME k                   => :99999999999
        GETEX k PXAT 99999999999999    => "v"
        PEXPIRETIME k                  => :99999999999999
        GETEX k EX 0                   => -ERR invalid expire time in 'getex' command
        GETEX k EX abc                 => -ERR value is not an integer or out of range
        GETEX k EX 1 PERSIST           => -ERR syntax error
        GETEX k KEEPTTL                => -ERR syntax error
        GETEX k FOO                    => -ERR syntax error
        GETEX k EX                     => -ERR syntax error
        GETEX k EX 9223372036854775807 => -ERR invalid expire time in 'getex' command
        GETEX k PXAT 1                 => "v"
        EXISTS k                       => :0
        SADD s a                       => :1
        GETEX s                        => -WRONGTYPE Operation against a key holding the wrong kind of value
        GETEX s EX 10                  => -WRONGTYPE Operation against a key holding the wrong kind of value
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void GetdelGetset_TakeTheOldValue(string server) => WireScript.Play(WireServers.Named(server), """
        GETDEL k       => nil
        SET k v EX 100 => +OK
        GETSET k w     => "v"
        TTL k          => :-1
        GETDEL k       => "w"
        EXISTS k       => :0
        GETSET k first => nil
        SADD s a       => :1
        GETDEL s       => -WRONGTYPE Operation against a key holding the wrong kind of value
        GETSET s v     => -WRONGTYPE Operation against a key holding the wrong kind of value
        GETDEL         => -ERR wrong number of arguments for 'getdel' command
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void MgetMsetMsetnx_WorkOnAllKeysOrNone(string server) => WireScript.Play(WireServers.Named(server), """
        MSET {t}a 1 {t}b 2   => +OK
        MGET {t}a {t}b {t}c  => ["1", "2", nil]
        MSETNX {t}c 3 {t}a 4 => :0
        EXISTS {t}c          => :0
        MSETNX {t}c 3 {t}d 4 => :1
        MGET {t}c {t}d       => ["3", "4"]
        MSET {t}a            => -ERR wrong number of arguments for 'mset' command
        MSET {t}a 1 {t}b     => -ERR wrong number of arguments for 'mset' command
        MSETNX {t}a 1 {t}b   => -ERR wrong number of arguments for 'msetnx' command
        MSET {t}z 1 {t}z 2   => +OK
        GET {t}z             => "2"
        MSETNX {t}y 1 {t}y 2 => :1
        GET {t}y             => "2"
        SADD {t}s m          => :1
        MGET {t}s {t}a       => [nil, "1"]
        SET {t}a v EX 100    => +OK
        MSET {t}a w {t}s x   => +OK
        TTL {t}a             => :-1
        TYPE {t}s            => +string
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Append_ExtendsAndKeepsExpiry(string server) => WireScript.Play(WireServers.Named(server), """
        APPEND k ab     => :2
        APPEND k cd     => :4
        GET k           => "abcd"
        APPEND k ""     => :4
        EXPIRE k 100    => :1
        APPEND k ef     => :6
        TTL k           => :100 | :99
        STRLEN k        => :6
        STRLEN absent   => :0
        SADD s a        => :1
        APPEND s x      => -WRONGTYPE Operation against a key holding the wrong kind of value
        STRLEN s        => -WRONGTYPE Operation against a key holding the wrong kind of value
        APPEND empty "" => :0
        EXISTS empty    => :1
        SET n 12        => +OK
        APPEND n 3      => :3
        GET n           => "123"
        INCR n          => :124
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Setrange_PadsAndRefusesWhatIsTooLong(string server) => WireScript.Play(WireServers.Named(server), """
        SETRANGE k 0 ""                  => :0
        EXISTS k                         => :0
        SETRANGE k 3 abc                 => :6
        GET k                            => "\x00\x00\x00abc"
        SETRANGE k 1 ZZ                  => :6
        GET k                            => "\x00ZZabc"
        SETRANGE k 2 ""                  => :6
        SETRANGE k -1 x                  => -ERR offset is out of range
        SETRANGE k 536870912 x           => -ERR string exceeds maximum allowed size (proto-max-bulk-len)
        SETRANGE k 536870911 xx          => -ERR string exceeds maximum allowed size (proto-max-bulk-len)
        SETRANGE absent 536870912 ""     => :0
        SETRANGE k abc x                 => -ERR value is not an integer or out of range
        SETRANGE k 9223372036854775807 A => -ERR string exceeds maximum allowed size (proto-max-bulk-len)
        SET n 12345                      => +OK
        SETRANGE n 1 9                   => :5
        INCR n                           => :19346
        EXPIRE n 100                     => :1
        SETRANGE n 0 7                   => :5
        TTL n                            => :100 | :99
        SADD s a                         => :1
        SETRANGE s 0 x                   => -WRONGTYPE Operation against a key holding the wrong kind of value
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Getrange_TakesFromEitherEnd(string server) => WireScript.Play(WireServers.Named(server), """
        SET k "This is a string"                            => +OK
        GETRANGE k 0 3                                      => "This"
        GETRANGE k -3 -1                                    => "ing"
        GETRANGE k 0 -1                                     => "This is a string"
        GETRANGE k 10 100                                   => "string"
        GETRANGE k 20 30                                    => ""
        GETRANGE k 5 2                                      => ""
        GETRANGE k -100 3                                   => "This"
        GETRANGE k -1 -5                                    => ""
        GETRANGE k -9223372036854775808 9223372036854775807 => "This is a string"
        GETRANGE k a 1                                      => -ERR value is not an integer or out of range
        SUBSTR k 0 3                                        => "This"
        GETRANGE absent 0 -1                                => ""
        SET n 123456                                        => +OK
        GETRANGE n 1 3                                      => "234"
        SADD s a                                            => :1
        GETRANGE s 0 1                                      => -WRONGTYPE Operation against a key holding the wrong kind of value
        SET e ""                                            => +OK
        GETRANGE e 0 -1                                     => ""
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Get_OnAnyBytes_IsBinarySafe(string server) => WireScript.Play(WireServers.Named(server), """
        SET "\x00\xff\r\n" "\x01\x00\xfe" => +OK
        GET "\x00\xff\r\n"                => "\x01\x00\xfe"
        STRLEN "\x00\xff\r\n"             => :3
        SET "" empty-name                 => +OK
        GET ""                            => "empty-name"
        SET k ""                          => +OK
        GET k                             => ""
        STRLEN k                          => :0
        SADD s a                          => :1
        GET s                             => -WRONGTYPE Operation against a key holding the wrong kind of value
        GET                               => -ERR wrong number of arguments for 'get' command
        GET a b                           => -ERR wrong number of arguments for 'get' command
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void GetInResp3_AnswersNullAndMaps(string server) => WireScript.Play(WireServers.Named(server), """
        HELLO 3             => *
        GET absent          => null
        MGET absent absent2 => [null, null]
        GETEX absent        => null
        SET k v             => +OK
        SET k w NX          => null
        SET k w GET         => "v"
        HGETALL absent      => {}
        GETDEL absent       => null
        RANDOMKEY           => "k"
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Lcs_ReportsTheLongestCommonSubsequence(string server) => WireScript.Play(WireServers.Named(server), """
        MSET {t}a ohmytext {t}b mynewtext            => +OK
        LCS {t}a {t}b                                => "mytext"
        LCS {t}a {t}b LEN                            => :6
        LCS {t}a {t}b IDX                            => ["matches", [[[:4, :7], [:5, :8]], [[:2, :3], [:0, :1]]], "len", :6]
        LCS {t}a {t}b IDX MINMATCHLEN 4              => ["matches", [[[:4, :7], [:5, :8]]], "len", :6]
        LCS {t}a {t}b IDX MINMATCHLEN 4 WITHMATCHLEN => ["matches", [[[:4, :7], [:5, :8], :4]], "len", :6]
        LCS {t}a {t}b IDX LEN                        => -ERR If you want both the length and indexes, please just use IDX.
        LCS {t}a {t}absent                           => ""
        LCS {t}a {t}b FOO                            => -ERR syntax error
        SADD {t}s m                                  => :1
        LCS {t}a {t}s                                => -ERR The specified keys must contain string values
        """);
}
