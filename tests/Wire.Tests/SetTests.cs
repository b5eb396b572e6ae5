using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

public sealed class SetTests
{
    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void SaddSrem_CountWhatChanged(string server) => WireScript.Play(WireServers.Named(server), """
        SADD s a b a          => :2
        SADD s a              => :0
        SADD s b c            => :1
        SCARD s               => :3
        SISMEMBER s a         => :1
        SISMEMBER s x         => :0
        SISMEMBER absent a    => :0
        SMISMEMBER s a x b    => [:1, :0, :1]
        SMISMEMBER absent a b => [:0, :0]
        SMISMEMBER s          => -ERR wrong number of arguments for 'smismember' command
        SMEMBERS absent       => []
        SREM s a x            => :1
        SREM s a              => :0
        SREM s b c            => :2
        EXISTS s              => :0
        SREM absent a         => :0
        SADD s                => -ERR wrong number of arguments for 'sadd' command
        SREM s                => -ERR wrong number of arguments for 'srem' command
        SADD e ""             => :1
        SMEMBERS e            => [""]
        SCARD absent          => :0
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Smembers_AnswersAllMembers(string server) => WireScript.Play(WireServers.Named(server), """
        SADD s 1 2 3 => :3
        SMEMBERS s   => ["1", "2", "3"]
        TYPE s       => +set
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Smove_MovesBetweenSets(string server) => WireScript.Play(WireServers.Named(server), """
        SADD {t}a x y             => :2
        SADD {t}b z               => :1
        SMOVE {t}a {t}b x         => :1
        SMOVE {t}a {t}b x         => :0
        SISMEMBER {t}b x          => :1
        SMOVE {t}absent {t}b x    => :0
        SMOVE {t}a {t}new y       => :1
        EXISTS {t}a               => :0
        SMEMBERS {t}new           => ["y"]
        SMOVE {t}new {t}new y     => :1
        SMOVE {t}new {t}new q     => :0
        SCARD {t}new              => :1
        SET {t}str v              => +OK
        SMOVE {t}str {t}b x       => -WRONGTYPE Operation against a key holding the wrong kind of value
        SMOVE {t}b {t}str x       => -WRONGTYPE Operation against a key holding the wrong kind of value
        SMOVE {t}absent {t}str x  => :0
        SMOVE {t}b {t}str nothere => -WRONGTYPE Operation against a key holding the wrong kind of value
        SADD {t}new z             => :1
        SMOVE {t}b {t}new z       => :1
        SCARD {t}new              => :2
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Spop_RemovesWhatItAnswers(string server) => WireScript.Play(WireServers.Named(server), """
        SPOP absent                => nil
        SPOP absent 3              => []
        SADD s a                   => :1
        SPOP s                     => "a"
        EXISTS s                   => :0
        SADD s a                   => :1
        SPOP s 0                   => []
        SPOP s 5                   => ["a"]
        EXISTS s                   => :0
        SADD s 1 2 3               => :3
        SPOP s 2                   => ["*", "*"]
        SCARD s                    => :1
        SPOP s -1                  => -ERR value is out of range, must be positive
        SPOP s abc                 => -ERR value is out of range, must be positive
        SPOP s 1 2                 => -ERR syntax error
        SADD s x                   => :1
        SPOP s 9223372036854775807 => ["*", "*"]
        EXISTS s                   => :0
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Srandmember_WithHugeCounts_AnswersOrRefuses(string server) => WireScript.Play(WireServers.Named(server), """
        SRANDMEMBER absent                 => nil
        SRANDMEMBER absent 5               => []
        SADD s a                           => :1
        SRANDMEMBER s                      => "a"
        SRANDMEMBER s 5                    => ["a"]
        SRANDMEMBER s -3                   => ["a", "a", "a"]
        SRANDMEMBER s 0                    => []
        SRANDMEMBER s abc                  => -ERR value is not an integer or out of range
        SRANDMEMBER s 1 2                  => -ERR syntax error
        SRANDMEMBER s 9223372036854775807  => ["a"]
        SRANDMEMBER s -9223372036854775808 => -ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807
        SRANDMEMBER s 9223372036854775808  => -ERR value is not an integer or out of range
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void SetCommands_OnOtherTypes_AnswerWrongType(string server) => WireScript.Play(WireServers.Named(server), """
        SET k v         => +OK
        SADD k a        => -WRONGTYPE Operation against a key holding the wrong kind of value
        SREM k a        => -WRONGTYPE Operation against a key holding the wrong kind of value
        SCARD k         => -WRONGTYPE Operation against a key holding the wrong kind of value
        SISMEMBER k a   => -WRONGTYPE Operation against a key holding the wrong kind of value
        SMISMEMBER k a  => -WRONGTYPE Operation against a key holding the wrong kind of value
        SMEMBERS k      => -WRONGTYPE Operation against a key holding the wrong kind of value
        SPOP k          => -WRONGTYPE Operation against a key holding the wrong kind of value
        SPOP k 2        => -WRONGTYPE Operation against a key holding the wrong kind of value
        SPOP k 0        => -WRONGTYPE Operation against a key holding the wrong kind of value
        SRANDMEMBER k   => -WRONGTYPE Operation against a key holding the wrong kind of value
        SRANDMEMBER k 2 => -WRONGTYPE Operation against a key holding the wrong kind of value
        SSCAN k 0       => -WRONGTYPE Operation against a key holding the wrong kind of value
        SMOVE k k a     => -WRONGTYPE Operation against a key holding the wrong kind of value
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void SetsInResp3_AreSets(string server) => WireScript.Play(WireServers.Named(server), """
        HELLO 3              => *
        SADD s 1 2 3         => :3
        SMEMBERS s           => ~["1", "2", "3"]
        SMEMBERS absent      => ~[]
        SPOP absent          => null
        SPOP absent 2        => ~[]
        SRANDMEMBER absent   => null
        SRANDMEMBER absent 2 => []
        SADD one a           => :1
        SRANDMEMBER one 1    => ["a"]
        SRANDMEMBER one -2   => ["a", "a"]
        SPOP one 1           => ~["a"]
        SMISMEMBER s 1 5     => [:1, :0]
        SISMEMBER s 1        => :1
        SSCAN s 0            => ["0", ["1", "2", "3"]]
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Sscan_GoesThroughSmallSetsAtOnce(string server) => WireScript.Play(WireServers.Named(server), """
        SADD s 1 2 3                   => :3
        SSCAN s 0                      => ["0", ["1", "2", "3"]]
        SSCAN s 0 MATCH 2              => ["0", ["2"]]
        SSCAN s 0 COUNT 100 MATCH [13] => ["0", ["1", "3"]]
        SSCAN absent 0                 => ["0", []]
        SSCAN s x                      => -ERR invalid cursor
        SSCAN s 0 COUNT                => -ERR syntax error
        SSCAN s 0 NOVALUES             => -ERR syntax error
        """);
}
