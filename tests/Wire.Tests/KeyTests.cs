using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

public sealed class KeyTests
{
    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void DelExistsTouchUnlink_CountKeys(string server) => WireScript.Play(WireServers.Named(server), """
        MSET {t}a 1 {t}b 2 {t}c 3 => +OK
        EXISTS {t}a {t}b {t}x     => :2
        EXISTS {t}a {t}a          => :2
        TOUCH {t}a {t}x           => :1
        DEL {t}a {t}x             => :1
        DEL {t}a                  => :0
        UNLINK {t}b {t}c {t}c     => :2
        EXISTS {t}b               => :0
        DEL                       => -ERR wrong number of arguments for 'del' command
        HSET h a 1                => :1
        DEL h                     => :1
        EXISTS h                  => :0
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Type_NamesTheType(string server) => WireScript.Play(WireServers.Named(server), """
        TYPE absent => +none
        SET k v     => +OK
        TYPE k      => +string
        SADD s a    => :1
        TYPE s      => +set
        HSET h a 1  => :1
        TYPE h      => +hash
        ZADD z 1 a  => :1
        TYPE z      => +zset
        INCR n      => :1
        TYPE n      => +string
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Rename_MovesWithExpiry(string server) => WireScript.Play(WireServers.Named(server), """
        SET {t}a v EX 100           => +OK
        SET {t}b w                  => +OK
        RENAME {t}a {t}b            => +OK
        GET {t}b                    => "v"
        TTL {t}b                    => :100
        EXISTS {t}a                 => :0
        RENAME {t}absent {t}b       => -ERR no such key
        RENAMENX {t}absent {t}b     => -ERR no such key
        SET {t}c x                  => +OK
        RENAMENX {t}c {t}b          => :0
        RENAMENX {t}c {t}d          => :1
        GET {t}d                    => "x"
        RENAME {t}d {t}d            => +OK
        RENAMENX {t}d {t}d          => :0
        GET {t}d                    => "x"
        HSET {t}h a 1 b 2           => :2
        EXPIRE {t}h 100             => :1
        RENAME {t}h {t}d            => +OK
        HGETALL {t}d                => ["a", "1", "b", "2"]
        TTL {t}d                    => :100 | :99
        ZADD {t}z 1 a 2.5 b         => :2
        RENAME {t}z {t}d            => +OK
        ZRANGE {t}d 0 -1 WITHSCORES => ["a", "1", "b", "2.5"]
        TTL {t}d                    => :-1
        INCRBY {t}n 7               => :7
        RENAME {t}n {t}m            => +OK
        INCR {t}m                   => :8
        SADD {t}s q                 => :1
        RENAME {t}s {t}m            => +OK
        SMEMBERS {t}m               => ["q"]
        RENAME {t}a                 => -ERR wrong number of arguments for 'rename' command
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Copy_DuplicatesWithExpiry(string server) => WireScript.Play(WireServers.Named(server), """
        SET {t}a v EX 100                   => +OK
        COPY {t}a {t}b                      => :1
        GET {t}b                            => "v"
        TTL {t}b                            => :100 | :99
        COPY {t}a {t}b                      => :0
        COPY {t}a {t}b REPLACE              => :1
        COPY {t}absent {t}b                 => :0
        COPY {t}absent {t}b REPLACE         => :0
        GET {t}b                            => "v"
        COPY {t}a {t}a                      => -ERR source and destination objects are the same
        COPY {t}a {t}c DB 0                 => :1
        COPY {t}a {t}c FOO                  => -ERR syntax error
        COPY {t}a {t}c DB                   => -ERR syntax error
        COPY {t}a {t}c DB abc               => -ERR value is not an integer or out of range
        COPY {t}a {t}c DB 0 REPLACE REPLACE => :1
        HSET {t}h f v                       => :1
        COPY {t}h {t}i                      => :1
        HSET {t}h f w                       => :0
        HGET {t}i f                         => "v"
        SADD {t}s a b                       => :2
        COPY {t}s {t}i REPLACE              => :1
        SCARD {t}i                          => :2
        ZADD {t}z 1 x                       => :1
        COPY {t}z {t}y                      => :1
        ZSCORE {t}y x                       => "1"
        COPY {t}z {t}z REPLACE              => -ERR source and destination objects are the same
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void ObjectAndDebug_DescribeKeys(string server) => WireScript.Play(WireServers.Named(server), """
        OBJECT ENCODING absent                                             => nil
        OBJECT REFCOUNT absent                                             => nil
        OBJECT IDLETIME absent                                             => nil
        OBJECT FREQ absent                                                 => nil
        SET k v                                                            => +OK
        OBJECT REFCOUNT k                                                  => :1
        OBJECT IDLETIME k                                                  => :*
        OBJECT ENCODING k                                                  => "embstr"
        SET k 123                                                          => +OK
        OBJECT ENCODING k                                                  => "int"
        SET k aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa => +OK
        OBJECT ENCODING k                                                  => "raw"
        SADD s 1 2                                                         => :2
        OBJECT ENCODING s                                                  => "intset"
        SADD s x                                                           => :1
        OBJECT ENCODING s                                                  => "hashtable"
        HSET h f v                                                         => :1
        OBJECT ENCODING h                                                  => "listpack"
        ZADD z 1 a                                                         => :1
        OBJECT ENCODING z                                                  => "listpack"
        OBJECT FOO k                                                       => -ERR unknown subcommand 'FOO'. Try OBJECT HELP.
        OBJECT ENCODING                                                    => -ERR wrong number of arguments for 'object|encoding' command
        OBJECT                                                             => -ERR wrong number of arguments for 'object' command
        OBJECT FREQ k                                                      => -ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void KeysAndDbsize_SeeLiveKeys(string server) => WireScript.Play(WireServers.Named(server), """
        MSET k1 v k2 v other v => +OK
        DBSIZE                 => :3
        KEYS other             => ["other"]
        KEYS nothing*          => []
        KEYS k[1]              => ["k1"]
        KEYS k[^1]             => ["k2"]
        KEYS \\k1              => []
        KEYS *the?             => ["other"]
        SET gone v PX 1        => +OK
        SET gone v PXAT 1      => +OK
        GET gone               => nil
        DBSIZE                 => :3 | :4
        DEL k1 k2              => :2
        KEYS *                 => ["other"]
        GET gone               => nil
        DBSIZE                 => :1 | :2
        RANDOMKEY              => "other"
        DEL other              => :1
        RANDOMKEY              => nil
        KEYS *                 => []
        DBSIZE                 => :0
        KEYS                   => -ERR wrong number of arguments for 'keys' command
        FLUSHDB                => +OK
        FLUSHALL ASYNC         => +OK
        FLUSHALL SYNC          => +OK
        FLUSHALL FOO           => -ERR syntax error
        FLUSHDB FOO            => -ERR syntax error
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Scan_RefusesWhatItCannotRead(string server) => WireScript.Play(WireServers.Named(server), """
        SET k v                        => +OK
        SCAN 0 COUNT 1000              => ["0", ["k"]]
        SCAN 0 MATCH k COUNT 1000      => ["0", ["k"]]
        SCAN 0 MATCH x COUNT 1000      => ["0", []]
        SCAN 0 TYPE string COUNT 1000  => ["0", ["k"]]
        SCAN 0 TYPE hash COUNT 1000    => ["0", []]
        SCAN 0 TYPE nothing COUNT 1000 => ["0", []]
        SCAN abc                       => -ERR invalid cursor
        SCAN 0 COUNT 0                 => -ERR syntax error
        SCAN 0 COUNT -1                => -ERR syntax error
        SCAN 0 COUNT x                 => -ERR value is not an integer or out of range
        SCAN 0 FOO                     => -ERR syntax error
        SCAN 0 COUNT                   => -ERR syntax error
        SCAN 18446744073709551616      => -ERR invalid cursor
        SCAN                           => -ERR wrong number of arguments for 'scan' command
        SCAN 00 COUNT 1000             => ["0", ["k"]]
        SCAN "" COUNT 1000             => ["0", ["k"]]
        SCAN " 0"                      => -ERR invalid cursor
        SCAN "0 "                      => -ERR invalid cursor
        SCAN +0 COUNT 1000             => ["0", ["k"]]
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Glob_MatchesAsRedisDoes(string server) => WireScript.Play(WireServers.Named(server), """
        MSET a{t} 1 [x]{t} 2 a*b{t} 3 ab{t} 4 a-{t} 5 z{t} 6 "\\x{t}" 7 => +OK
        KEYS a\\*b{t}                                                   => []
        KEYS \\[x]{t}                                                   => ["\\x{t}"]
        KEYS [a-z]{t}                                                   => ["*", "*"]
        KEYS [z-a]{t}                                                   => ["*", "*"]
        KEYS [^a-y]{t}                                                  => ["z{t}"]
        KEYS a[\\-b]{t}                                                 => ["*", "*"]
        KEYS a[b-]{t}                                                   => *
        KEYS "[z"                                                       => []
        KEYS a[!b]{t}                                                   => ["ab{t}"]
        KEYS \\\\x{t}                                                   => []
        KEYS ?b{t}                                                      => ["ab{t}"]
        KEYS **b{t}                                                     => ["*", "*"]
        KEYS z{t}\\                                                     => []
        KEYS Z{t}                                                       => []
        KEYS ""                                                         => []
        """);
}
