using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

public sealed class IntrospectionTests
{
    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Command_DescribesCommands(string server) => WireScript.Play(WireServers.Named(server), """
        COMMAND INFO get                  => [["get", :2, [+readonly, +fast], :1, :1, :1, [*@read*], [], [*], []]]
        COMMAND INFO nosuch               => [nil]
        COMMAND INFO mset nosuch          => [["mset", :-3, [+write, +denyoom], :1, :-1, :2, *], nil]
        COMMAND INFO config|get           => [["config|get", :-3, [+admin, +noscript, +loading, +stale], :0, :0, :0, *]]
        COMMAND COUNT                     => :*
        COMMAND COUNT x                   => -ERR wrong number of arguments for 'command|count' command
        COMMAND DOCS nosuch               => []
        COMMAND DOCS get                  => ["get", ["summary", "*", "since", "1.0.0", "group", "string"*]]
        COMMAND LIST FILTERBY PATTERN zrangeb* => [*"zrangebyscore"*]
        COMMAND LIST FILTERBY ACLCAT nosuch => []
        COMMAND LIST FILTERBY BOGUS x     => -ERR syntax error
        COMMAND GETKEYS GET key           => ["key"]
        COMMAND GETKEYS MSET a 1 b 2      => ["a", "b"]
        COMMAND GETKEYS DEL a b c         => ["a", "b", "c"]
        COMMAND GETKEYS RENAME a b        => ["a", "b"]
        COMMAND GETKEYS OBJECT ENCODING k => ["k"]
        COMMAND GETKEYS PING x            => -ERR The command has no key arguments
        COMMAND GETKEYS NOSUCH x          => -ERR Invalid command specified
        COMMAND GETKEYS GET a b           => -ERR Invalid number of arguments specified for command
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Config_GetAndSet_AllOrNothing(string server) => WireScript.Play(WireServers.Named(server), """
        CONFIG GET maxclients             => ["maxclients", "10000"]
        CONFIG GET MAXCL*                 => ["maxclients", "10000"]
        CONFIG GET nosuch                 => []
        CONFIG GET timeout maxclients     => [*"timeout", "0"*]
        CONFIG SET nosuch 1               => -ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'
        CONFIG SET timeout abc            => -ERR CONFIG SET failed (possibly related to argument 'timeout') - *
        CONFIG SET databases 3            => -ERR CONFIG SET failed (possibly related to argument 'databases') - can't set immutable config
        CONFIG SET timeout 100 timeout 1  => -ERR CONFIG SET failed (possibly related to argument 'timeout') - duplicate parameter
        CONFIG SET hash-max-listpack-value 50 timeout abc => -ERR CONFIG SET failed*
        CONFIG GET hash-max-listpack-value => ["hash-max-listpack-value", "64"]
        CONFIG SET hash-max-listpack-value 50 => +OK
        CONFIG GET hash-max-listpack-value => ["hash-max-listpack-value", "50"]
        CONFIG SET hash-max-listpack-value 64 => +OK
        CONFIG SET a                      => -ERR wrong number of arguments for 'config|set' command
        CONFIG RESETSTAT                  => +OK
        CONFIG BOGUS                      => -ERR unknown subcommand 'BOGUS'. Try CONFIG HELP.
        CONFIG HELP                       => [+CONFIG <subcommand> *]
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Info_SectionsAndKeyspace_AsClientsReadThem(string server) => WireScript.Play(WireServers.Named(server), """
        INFO keyspace      => "# Keyspace\r\n"
        SET k v            => +OK
        INFO keyspace      => "# Keyspace\r\ndb0:keys=1,expires=0,avg_ttl=0\r\n"
        SET e v EX 1000    => +OK
        SADD s a           => :1
        EXPIRE s 1000      => :1
        INFO keyspace      => *db0:keys=3,expires=2,*
        PERSIST s          => :1
        DEL e              => :1
        INFO keyspace      => *db0:keys=2,expires=0,*
        DEL s              => :1
        INFO server        => *redis_version:7.0.15\r\n*
        INFO               => *redis_version:7.0.15*connected_clients:*role:master*db0:keys=1*
        INFO server clients => "# Server*# Clients*"
        INFO nosuch        => ""
        INFO default       => *# Stats*instantaneous_ops_per_sec:*# Replication*
        INFO everything    => *# Commandstats*cmdstat_info:calls=*
        DEBUG SLEEP 0      => +OK | -ERR DEBUG command not allowed*
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Info_Commandstats_CountsCallsFailuresAndRejections(string server) => WireScript.Play(WireServers.Named(server), """
        CONFIG RESETSTAT   => +OK
        SET k v            => +OK
        LCS k k LEN        => :1
        LCS k              => -ERR wrong number of arguments for 'lcs' command
        SADD s a           => :1
        LCS s s            => -*
        MULTI              => +OK
        LCS k k            => +QUEUED
        LCS s s            => +QUEUED
        EXEC               => ["v", -*]
        INFO commandstats  => *cmdstat_lcs:calls=4,usec=*,usec_per_call=*,rejected_calls=1,failed_calls=2*
        INFO commandstats  => *cmdstat_exec:calls=1,*
        CONFIG RESETSTAT   => +OK
        INFO commandstats  => "# Commandstats\r\ncmdstat_config|resetstat:calls=1*"
        """);
}
