using System.Globalization;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Integration.Tests.Workloads;

/// <summary>
/// One client that writes and keeps a ledger: what was acknowledged must be found afterwards, what was sent and not
/// answered may be found or not, anything else must not be there. One turn of it, sent as one pipeline:
/// <code>
/// SET     P:s:N value(N)          unique keys; every 8th turn deletes the one of four turns before
/// INCR    P:c                     its own counter
/// INCRBY  total 3                 a counter all writers share
/// HSET    P:h:(N/32) fN value(N)  hashes of 32 fields
/// ZADD    P:z N m(N mod 16)       scores only rise
/// SADD    P:m N                   a growing set
/// SET     P:last N                overwritten every turn
/// MULTI, SET P:a N, SET P:b N, EXEC   two keys that must always be equal
/// </code>
/// </summary>
/// <remarks>Its thread owns it until <see cref="Join"/>; then the test reads it.</remarks>
internal sealed class LedgerWriter
{
    public const string Total = "total";
    public const int TotalStep = 3;
    public const int HashFields = 32;
    public const int Members = 16;
    private const int Simple = 7;
    private const int DeleteEvery = 8;
    private const int DeleteBack = 4;

    private readonly int _port;
    private readonly Func<bool> _go;
    private readonly bool _reconnects;
    private readonly Thread _thread;
    private readonly List<Fate> _turns = [];
    private readonly Dictionary<int, Fate> _deleted = [];
    private long _acknowledged;
    private Exception? _failure;

    /// <param name="go">Asked before every turn.</param>
    /// <param name="reconnects">Whether a broken connection is made again until <paramref name="go"/> says no; otherwise it ends the writer.</param>
    public LedgerWriter(string prefix, int port, Func<bool> go, bool reconnects)
    {
        Prefix = prefix;
        _port = port;
        _go = go;
        _reconnects = reconnects;
        _thread = new Thread(Run) { IsBackground = true, Name = prefix };
        _thread.Start();
    }

    public string Prefix { get; }

    /// <summary>Commands acknowledged so far; from any thread.</summary>
    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Per turn, whether all of it was acknowledged. A turn answered in part counts as unknown.</summary>
    public IReadOnlyList<Fate> Turns => _turns;

    public IReadOnlyDictionary<int, Fate> Deleted => _deleted;

    /// <summary>Error replies, by text.</summary>
    public Dictionary<string, int> Errors { get; } = [];

    /// <summary>Commands that were sent when a connection broke.</summary>
    public long Unanswered { get; private set; }

    /// <summary>INCRs of its own counter.</summary>
    public Attempts Counted { get; private set; }

    /// <summary>INCRBYs of the shared one.</summary>
    public Attempts Shared { get; private set; }

    public static string Value(int turn) => new string((char)('a' + (turn % 26)), 64 + (turn * 37 % 320)) + turn.ToString(CultureInfo.InvariantCulture);

    /// <summary>Waits for the writer's end and rethrows what surprised it.</summary>
    public void Join()
    {
        _thread.Join();
        if (_failure is not null)
            throw new InvalidOperationException($"writer {Prefix} failed", _failure);
    }

    private void Run()
    {
        try
        {
            while (_go())
            {
                try
                {
                    using RespConnection connection = new(_port, password: null);
                    while (_go())
                        Turn(connection);
                }
                catch (Exception broken) when (broken is IOException or EnvironmentException)
                {
                    if (!_reconnects)
                        return;
                    Thread.Sleep(20);
                }
            }
        }
        catch (Exception surprise)
        {
            _failure = surprise;
        }
    }

    private void Turn(RespConnection connection)
    {
        int turn = _turns.Count;
        int? delete = turn % DeleteEvery == 0 && turn >= DeleteBack ? turn - DeleteBack : null;
        string number = turn.ToString(CultureInfo.InvariantCulture), value = Value(turn);
        connection.Append("SET", $"{Prefix}:s:{number}", value);
        connection.Append("INCR", $"{Prefix}:c");
        connection.Append("INCRBY", Total, TotalStep.ToString(CultureInfo.InvariantCulture));
        connection.Append("HSET", $"{Prefix}:h:{turn / HashFields}", "f" + number, value);
        connection.Append("ZADD", $"{Prefix}:z", number, $"m{turn % Members}");
        connection.Append("SADD", $"{Prefix}:m", number);
        connection.Append("SET", $"{Prefix}:last", number);
        connection.Append("MULTI");
        connection.Append("SET", $"{Prefix}:a", number);
        connection.Append("SET", $"{Prefix}:b", number);
        connection.Append("EXEC");
        if (delete is { } gone)
        {
            connection.Append("DEL", $"{Prefix}:s:{gone}");
            _deleted[gone] = Fate.Unknown;
        }

        _turns.Add(Fate.Unknown);
        Counted += new Attempts(0, 1);
        Shared += new Attempts(0, 1);
        int replies = Simple + 4 + (delete is null ? 0 : 1), read = 0;
        bool whole = true;
        try
        {
            connection.Flush();
            for (; read < replies; read++)
            {
                bool taken = Take(connection.Read());
                whole &= taken;
                if (taken && read == 1)
                    Counted += new Attempts(1, 0);
                if (taken && read == 2)
                    Shared += new Attempts(1, 0);
                if (taken && read == replies - 1 && delete is { } done)
                    _deleted[done] = Fate.Acknowledged;
            }
        }
        catch (IOException)
        {
            Unanswered += replies - read;
            throw;
        }

        if (whole)
            _turns[turn] = Fate.Acknowledged;
    }

    private bool Take(RespValue reply)
    {
        RespValue? error = reply.IsError ? reply : reply.Items.FirstOrDefault(item => item.IsError);
        if (error is not null)
        {
            Errors[error.Text] = Errors.GetValueOrDefault(error.Text) + 1;
            return false;
        }

        Interlocked.Increment(ref _acknowledged);
        return true;
    }
}
