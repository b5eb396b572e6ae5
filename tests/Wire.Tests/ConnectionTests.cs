using MultiCloudKv.Wire.Tests.Harness;

namespace MultiCloudKv.Wire.Tests;

public sealed class ConnectionTests
{
    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void PingEchoSelectTime_AnswerAsDocumented(string server) => WireScript.Play(WireServers.Named(server), """
        PING             => +PONG
        ping             => +PONG
        PING hello       => "hello"
        PING a b         => -ERR wrong number of arguments for 'ping' command
        ECHO "a\x00b"    => "a\x00b"
        ECHO             => -ERR wrong number of arguments for 'echo' command
        SELECT 0         => +OK
        SELECT 99        => -ERR DB index is out of range
        SELECT -1        => -ERR DB index is out of range
        SELECT abc       => -ERR value is not an integer or out of range
        TIME             => ["*", "*"]
        TIME x           => -ERR wrong number of arguments for 'time' command
        NOSUCH a b       => -ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b'*
        CLIENT NOSUCH    => -ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP.
        CLIENT           => -ERR wrong number of arguments for 'client' command
        CLIENT GETNAME x => -ERR wrong number of arguments for 'client|getname' command
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Hello_ChoosesTheProtocol(string server) => WireScript.Play(WireServers.Named(server), """
        HELLO            => ["server", "redis", "version", "7.0.15", "proto", :2, "id", :*, "mode", "standalone", "role", "master", "modules", []]
        HELLO 3          => {"server": "redis", "version": "7.0.15", "proto": :3, "id": :*, "mode": "standalone", "role": "master", "modules": []}
        GET absent       => null
        HSET h f v       => :1
        HGETALL h        => {"f": "v"}
        HELLO 3 SETNAME me => {*}
        CLIENT GETNAME   => "me"
        HELLO 4          => -NOPROTO unsupported protocol version
        HELLO x          => -ERR Protocol version is not an integer or out of range
        HELLO 3 BOGUS    => -ERR Syntax error in HELLO option 'BOGUS'
        HELLO 3 AUTH a   => -ERR Syntax error in HELLO option 'AUTH'
        HELLO 3 AUTH nobody secret => -WRONGPASS invalid username-password pair or user is disabled.
        HELLO 3 SETNAME "a b" => -ERR Client names cannot contain spaces, newlines or special characters.
        HELLO 2          => [*]
        GET absent       => nil
        """);

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Reset_PutsTheConnectionBack(string server)
    {
        WireServer target = WireServers.Named(server);
        using WireConnection connection = target.Connect();
        connection.Run("HELLO 3 SETNAME me");
        connection.Run("MULTI");
        connection.Run("SET reset:k v");
        Assert.Equal("+RESET", connection.Run("RESET"));
        Assert.Equal("-ERR EXEC without MULTI", connection.Run("EXEC"));
        Assert.Equal("nil", connection.Run("CLIENT GETNAME"));
        Assert.Equal("nil", connection.Run("GET reset:k"));
    }

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void Quit_AnswersThenCloses(string server)
    {
        using WireConnection connection = WireServers.Named(server).Connect();
        Assert.Equal("+OK", connection.Run("QUIT"));
        Assert.Throws<EndOfStreamException>(connection.Receive);
    }

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void RequirePass_LocksOutUntilAuth(string server)
    {
        WireServer target = WireServers.Named(server);
        using WireConnection keeper = target.Connect();
        Assert.Equal("-ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?", keeper.Run("AUTH x"));
        Assert.Equal("+OK", keeper.Run("CONFIG SET requirepass secret"));
        try
        {
            using WireConnection connection = target.Connect();
            Assert.Equal("-NOAUTH Authentication required.", connection.Run("PING"));
            Assert.Equal("-NOAUTH Authentication required.", connection.Run("GET k"));
            Assert.StartsWith("-NOAUTH HELLO must be called", connection.Run("HELLO 3"), StringComparison.Ordinal);
            Assert.Equal("-WRONGPASS invalid username-password pair or user is disabled.", connection.Run("AUTH wrong"));
            Assert.Equal("-WRONGPASS invalid username-password pair or user is disabled.", connection.Run("AUTH nobody secret"));
            Assert.Equal("-ERR syntax error", connection.Run("AUTH a b c"));
            Assert.Equal("+OK", connection.Run("AUTH secret"));
            Assert.Equal("+PONG", connection.Run("PING"));
            Assert.Equal("+OK", connection.Run("AUTH default secret"));
            Assert.Equal("+RESET", connection.Run("RESET"));
            Assert.Equal("-NOAUTH Authentication required.", connection.Run("PING"));

            using WireConnection modern = target.Connect();
            Assert.Contains("\"proto\": :3", modern.Run("HELLO 3 AUTH default secret"), StringComparison.Ordinal);
            Assert.Equal("+PONG", modern.Run("PING"));

            using WireConnection flood = target.Connect();
            flood.SendRaw("*11\r\n"u8);
            Assert.Equal("-ERR Protocol error: unauthenticated multibulk length", flood.Receive());
        }
        finally
        {
            Assert.Equal("+OK", keeper.Run("CONFIG SET requirepass \"\""));
        }
    }

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void ClientReply_OffAndSkip_DropReplies(string server)
    {
        using WireConnection connection = WireServers.Named(server).Connect();
        connection.Send("CLIENT REPLY SKIP");
        connection.Send("PING skipped");
        Assert.Equal("\"first\"", connection.Run("PING first"));
        connection.Send("CLIENT REPLY OFF");
        connection.Send("PING unheard");
        connection.Send("CLIENT REPLY SKIP");
        connection.Send("PING unheard");
        Assert.Equal("+OK", connection.Run("CLIENT REPLY ON"));
        Assert.Equal("\"second\"", connection.Run("PING second"));
        Assert.Equal("-ERR syntax error", connection.Run("CLIENT REPLY MAYBE"));
    }

    [Theory, MemberData(nameof(WireServers.Names), MemberType = typeof(WireServers))]
    public void ClientNames_SetListedAndKilled(string server)
    {
        WireServer target = WireServers.Named(server);
        using WireConnection one = target.Connect();
        using WireConnection other = target.Connect();
        Assert.Equal("nil", one.Run("CLIENT GETNAME"));
        Assert.Equal("+OK", one.Run("CLIENT SETNAME one"));
        Assert.Equal("\"one\"", one.Run("CLIENT GETNAME"));
        Assert.Equal("-ERR Client names cannot contain spaces, newlines or special characters.", one.Run("CLIENT SETNAME \"a b\""));
        string id = other.Run("CLIENT ID")[1..];
        Assert.Contains(" name=one ", one.Run("CLIENT INFO"), StringComparison.Ordinal);
        Assert.Contains($"id={id} ", one.Run("CLIENT LIST"), StringComparison.Ordinal);
        Assert.StartsWith($"\"id={id} ", one.Run($"CLIENT LIST ID {id}"), StringComparison.Ordinal);
        Assert.Equal("-ERR Invalid client ID", one.Run("CLIENT LIST ID x"));
        Assert.Equal("-ERR Unknown client type 'x'", one.Run("CLIENT LIST TYPE x"));
        Assert.Equal(":0", one.Run("CLIENT KILL ID 999999999"));
        Assert.Equal("-ERR No such client", one.Run("CLIENT KILL 1.2.3.4:5"));
        Assert.Equal("-ERR client-id should be greater than 0", one.Run("CLIENT KILL ID 0"));
        Assert.Equal("-ERR syntax error", one.Run("CLIENT KILL SKIPME maybe"));
        Assert.Equal("-ERR No such user 'x'", one.Run("CLIENT KILL USER x"));
        Assert.Equal(":1", one.Run($"CLIENT KILL ID {id}"));
        Assert.ThrowsAny<IOException>(() => other.Run("PING"));
        Assert.Equal("+PONG", one.Run("PING"));
        string self = one.Run("CLIENT ID")[1..];
        Assert.Equal(":0", one.Run($"CLIENT KILL ID {self}"));
        Assert.Equal(":1", one.Run($"CLIENT KILL ID {self} SKIPME no"));
        Assert.ThrowsAny<IOException>(() => one.Run("PING"));
        using WireConnection after = target.Connect();
        Assert.Equal("+OK", after.Run("CLIENT NO-EVICT on"));
        Assert.Equal("-ERR syntax error", after.Run("CLIENT NO-EVICT maybe"));
    }
}
