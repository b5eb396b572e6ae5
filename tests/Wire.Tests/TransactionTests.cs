using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

public sealed class TransactionTests
{
    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void MultiExec_RunsWhatWasQueued(string server) => WireScript.Play(WireServers.Named(server), """
        MULTI               => +OK
        SET k a             => +QUEUED
        APPEND k b          => +QUEUED
        GET k               => +QUEUED
        HSET h f v          => +QUEUED
        INCR n              => +QUEUED
        INCR n              => +QUEUED
        PING                => +QUEUED
        EXEC                => [+OK, :2, "ab", :1, :1, :2, +PONG]
        GET n               => "2"
        MULTI               => +OK
        EXEC                => []
        EXEC                => -ERR EXEC without MULTI
        DISCARD             => -ERR DISCARD without MULTI
        MULTI               => +OK
        MULTI               => -ERR MULTI calls can not be nested
        WATCH k             => -ERR WATCH inside MULTI is not allowed
        SET k c             => +QUEUED
        DISCARD             => +OK
        GET k               => "ab"
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Exec_AfterARefusedCommand_RunsNothing(string server) => WireScript.Play(WireServers.Named(server), """
        SET k a             => +OK
        MULTI               => +OK
        SET k b             => +QUEUED
        NOSUCH              => -ERR unknown command 'NOSUCH', with args beginning with: *
        EXEC                => -EXECABORT Transaction discarded because of previous errors.
        GET k               => "a"
        MULTI               => +OK
        GET                 => -ERR wrong number of arguments for 'get' command
        EXEC                => -EXECABORT Transaction discarded because of previous errors.
        PING                => +PONG
        MULTI               => +OK
        SHUTDOWN NOSAVE     => -ERR Command not allowed inside a transaction
        EXEC                => -EXECABORT Transaction discarded because of previous errors.
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Exec_WithACommandThatFails_RunsTheOthers(string server) => WireScript.Play(WireServers.Named(server), """
        SET k a             => +OK
        MULTI               => +OK
        SET x 1             => +QUEUED
        SADD k m            => +QUEUED
        INCR k              => +QUEUED
        SET y 2             => +QUEUED
        EXEC                => [+OK, -WRONGTYPE Operation against a key holding the wrong kind of value, -ERR value is not an integer or out of range, +OK]
        MGET x k y          => ["1", "a", "2"]
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Exec_OverWholeKeyspace_SeesItsOwnChanges(string server) => WireScript.Play(WireServers.Named(server), """
        SET a 1             => +OK
        SET b 2             => +OK
        MULTI               => +OK
        DBSIZE              => +QUEUED
        FLUSHALL            => +QUEUED
        GET a               => +QUEUED
        SET c 3             => +QUEUED
        EXEC                => [:2, +OK, nil, +OK]
        DBSIZE              => :1
        GET c               => "3"
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Hello_InsideMulti_ChangesTheProtocolFromThereOn(string server) => WireScript.Play(WireServers.Named(server), """
        HSET h f v          => :1
        MULTI               => +OK
        HGETALL h           => +QUEUED
        HELLO 3             => +QUEUED
        HGETALL h           => +QUEUED
        EXEC                => [["f", "v"], {*}, {"f": "v"}]
        """);

    public static TheoryData<string, string, string, bool> Touches()
    {
        var data = new TheoryData<string, string, string, bool>();
        foreach (string server in WireServers.Names)
        {
            data.Add(server, "SET w a", "SET w b", true);
            data.Add(server, "SET w a", "SET w a", true);
            data.Add(server, "SET w a", "GET w", false);
            data.Add(server, "SET w a", "SET other b", false);
            data.Add(server, "SET w a", "SETNX w b", false);
            data.Add(server, "SET w a", "DEL w", true);
            data.Add(server, "SET w a", "DEL absent", false);
            data.Add(server, "SET w a", "EXPIRE w 100", true);
            data.Add(server, "SET w a", "PERSIST w", false);
            data.Add(server, "SET w a EX 100", "PERSIST w", true);
            data.Add(server, "SET w a", "FLUSHALL", true);
            data.Add(server, "SET w a", "FLUSHDB", true);
            data.Add(server, "SET other a", "FLUSHALL", false);
            data.Add(server, "SET other a", "SET w b", true);
            data.Add(server, "SADD w a", "SADD w b", true);
            data.Add(server, "SADD w a", "SREM w b", false);
            data.Add(server, "HSET w f v", "HDEL w f", true);
            data.Add(server, "ZADD w 1 m", "ZINCRBY w 1 m", true);
            data.Add(server, "SET {w}o a", "RENAME {w}o w", true);
            data.Add(server, "SET w 1", "INCR w", true);
        }

        return data;
    }

    [Theory, MemberData(nameof(Touches))]
    public void Watch_WhenAnotherClientTouchesTheKey_ExecAnswersNull(string server, string before, string between, bool broken)
    {
        WireServer target = WireServers.Named(server);
        using WireConnection watcher = target.Connect();
        using WireConnection other = target.Connect();
        watcher.Run("FLUSHALL");
        watcher.Run(before);
        Assert.Equal("+OK", watcher.Run("WATCH w unrelated"));
        other.Run(between);
        watcher.Run("MULTI");
        watcher.Run("PING");
        Assert.Equal(broken ? "nil-array" : "[+PONG]", watcher.Run("EXEC"));
        watcher.Run("MULTI");
        Assert.Equal("[]", watcher.Run("EXEC"));
    }

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Watch_EndedByUnwatchDiscardOrExec_HoldsNoLonger(string server)
    {
        WireServer target = WireServers.Named(server);
        using WireConnection watcher = target.Connect();
        using WireConnection other = target.Connect();
        foreach (string end in new[] { "UNWATCH", "MULTI;DISCARD", "MULTI;EXEC", "RESET" })
        {
            watcher.Run("WATCH w");
            foreach (string command in end.Split(';'))
                watcher.Run(command);
            other.Run("SET w x");
            watcher.Run("MULTI");
            watcher.Run("PING");
            Assert.Equal("[+PONG]", watcher.Run("EXEC"));
        }
    }

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Watch_OwnChangeBeforeMulti_BreaksToo(string server) => WireScript.Play(WireServers.Named(server), """
        SET w 30            => +OK
        WATCH w             => +OK
        SET w 40            => +OK
        MULTI               => +OK
        PING                => +QUEUED
        EXEC                => nil-array
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Watch_KeyThatExpiresBeforeExec_BreaksAndExpiredBeforeDoesNot(string server)
    {
        using WireConnection connection = WireServers.Named(server).Connect();
        connection.Run("FLUSHALL");
        connection.Run("SET w a PX 30");
        connection.Run("WATCH w");
        connection.Run("MULTI");
        connection.Run("PING");
        Gone();
        Assert.Equal("nil-array", connection.Run("EXEC"));

        Assert.Equal("nil", connection.Run("GET w"));
        connection.Run("WATCH w");
        connection.Run("MULTI");
        connection.Run("PING");
        Assert.Equal("[+PONG]", connection.Run("EXEC"));

        void Gone()
        {
            using WireConnection looker = WireServers.Named(server).Connect();
            long deadline = Environment.TickCount64 + 10_000;
            while (looker.Run("EXISTS w") != ":0")
                Assert.True(Environment.TickCount64 < deadline);
        }
    }
}
