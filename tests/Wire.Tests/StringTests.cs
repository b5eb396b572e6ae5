using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

public sealed class StringTests
{
    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Set_WithConditionsAndExpiry_AnswersAndKeepsAsDocumented(string server) => WireScript.Play(WireServers.Named(server), """
        SET k a                        => +OK
        SET k b NX                     => nil
        SET k b XX                     => +OK
        GET k                          => "b"
        SET absent a XX                => nil
        EXISTS absent                  => :0
        SET k c EX 100                 => +OK
        TTL k                          => :100
        SET k d KEEPTTL                => +OK
        TTL k                          => :100 | :99
        SET k e GET                    => "d"
        TTL k                          => :-1
        SET fresh v GET                => nil
        SET k f NX GET                 => "e"
        SET k f XX GET EX 10           => "e"
        SET absent v XX GET            => nil
        SET k v EX 0                   => -ERR invalid expire time in 'set' command
        SET k v EX -1                  => -ERR invalid expire time in 'set' command
        SET k v EX 9223372036854775807 => -ERR invalid expire time in 'set' command
        SET k v EX abc                 => -ERR value is not an integer or out of range
        SET k v EX                     => -ERR syntax error
        SET k v NX XX                  => -ERR syntax error
        SET k v EX 10 PX 10            => -ERR syntax error
        SET k v EX 10 KEEPTTL          => -ERR syntax error
        SET k v BOGUS                  => -ERR syntax error
        SET k v PXAT 1                 => +OK
        GET k                          => nil
        SADD s a                       => :1
        SET s v GET                    => -WRONGTYPE Operation against a key holding the wrong kind of value
        SET s v                        => +OK
        TYPE s                         => +string
        """);
}
