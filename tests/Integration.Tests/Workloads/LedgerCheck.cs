using System.Globalization;
using MultiCloudKv.Cli.Remote;

namespace MultiCloudKv.Integration.Tests.Workloads;

/// <summary>Compares what a region shows with what the writers' ledgers demand and allow.</summary>
internal sealed class LedgerCheck : IDisposable
{
    private const int Batch = 512;
    private const int Shown = 10;
    private readonly RespConnection _connection;
    private readonly List<string> _wrong = [];

    private LedgerCheck(int port) => _connection = new RespConnection(port, password: null);

    /// <summary>Fails the test with the first contradictions.</summary>
    public static void Holds(int port, params IReadOnlyList<LedgerWriter> writers)
    {
        if (Contradiction(port, writers) is { } wrong)
            Assert.Fail(wrong);
    }

    /// <summary>The first contradictions, or null where there is none.</summary>
    public static string? Contradiction(int port, IReadOnlyList<LedgerWriter> writers)
    {
        using LedgerCheck check = new(port);
        foreach (LedgerWriter writer in writers)
            check.Check(writer);
        Attempts shared = writers.Aggregate(default(Attempts), (sum, writer) => sum + writer.Shared);
        long total = Number(check.Ask("GET", LedgerWriter.Total));
        check.Demand(total % LedgerWriter.TotalStep == 0 && shared.Allows(total / LedgerWriter.TotalStep), $"{LedgerWriter.Total} is {total}, {shared.Acknowledged} to {shared.Sent} times {LedgerWriter.TotalStep} were added");
        return check._wrong.Count == 0 ? null : $"{check._wrong.Count} contradictions:\n{string.Join('\n', check._wrong.Take(Shown))}";
    }

    public void Dispose() => _connection.Dispose();

    private void Check(LedgerWriter writer)
    {
        string prefix = writer.Prefix;
        IReadOnlyList<Fate> turns = writer.Turns;
        foreach (int[] chunk in Enumerable.Range(0, turns.Count).Chunk(Batch))
            CheckTurns(writer, chunk);
        int last = LastAcknowledged(turns);
        long counted = Number(Ask("GET", $"{prefix}:c"));
        Demand(writer.Counted.Allows(counted), $"{prefix}:c is {counted}, counted {writer.Counted.Acknowledged} to {writer.Counted.Sent} times");
        long members = Ask("SCARD", $"{prefix}:m").Integer;
        Demand(members <= turns.Count, $"{prefix}:m has {members} members after {turns.Count} turns");
        CheckNewest($"{prefix}:last", last, turns.Count);
        long a = CheckNewest($"{prefix}:a", last, turns.Count), b = CheckNewest($"{prefix}:b", last, turns.Count);
        Demand(a == b, $"{prefix}:a is {a} and {prefix}:b is {b}: half a transaction");
        CheckScores(writer);
    }

    private void CheckTurns(LedgerWriter writer, int[] turns)
    {
        foreach (int turn in turns)
        {
            string number = turn.ToString(CultureInfo.InvariantCulture);
            _connection.Append("GET", $"{writer.Prefix}:s:{number}");
            _connection.Append("HGET", $"{writer.Prefix}:h:{turn / LedgerWriter.HashFields}", "f" + number);
            _connection.Append("SISMEMBER", $"{writer.Prefix}:m", number);
        }

        _connection.Flush();
        foreach (int turn in turns)
        {
            Fate fate = writer.Turns[turn];
            string value = LedgerWriter.Value(turn);
            Fate? deleted = writer.Deleted.TryGetValue(turn, out Fate deletion) ? deletion : null;
            CheckValue($"{writer.Prefix}:s:{turn}", _connection.Read(), value, required: fate == Fate.Acknowledged && deleted is null, allowed: deleted != Fate.Acknowledged);
            CheckValue($"{writer.Prefix}:h field {turn}", _connection.Read(), value, required: fate == Fate.Acknowledged, allowed: true);
            RespValue member = _connection.Read();
            Demand(fate != Fate.Acknowledged || member.Text == "1", $"{writer.Prefix}:m lacks {turn}");
        }
    }

    private void CheckValue(string what, RespValue reply, string value, bool required, bool allowed)
    {
        if (reply.IsNil)
            Demand(!required, $"{what} is missing");
        else
            Demand(allowed && reply.Text == value, allowed ? $"{what} is '{reply.Text}'" : $"{what} came back");
    }

    private long CheckNewest(string key, int last, int sent)
    {
        RespValue reply = Ask("GET", key);
        long value = reply.IsNil ? -1 : reply.Integer;
        Demand(value >= last && value < sent, $"{key} is {value}, the last acknowledged was {last}, the last sent {sent - 1}");
        return value;
    }

    private void CheckScores(LedgerWriter writer)
    {
        for (int member = 0; member < LedgerWriter.Members; member++)
        {
            int last = -1;
            for (int turn = member; turn < writer.Turns.Count; turn += LedgerWriter.Members)
                last = writer.Turns[turn] == Fate.Acknowledged ? turn : last;
            RespValue reply = Ask("ZSCORE", $"{writer.Prefix}:z", $"m{member}");
            long score = reply.IsNil ? -1 : reply.Integer;
            Demand(score >= last && score < writer.Turns.Count && (score < 0 || score % LedgerWriter.Members == member), $"{writer.Prefix}:z scores m{member} {score}, the last acknowledged was {last}");
        }
    }

    private RespValue Ask(params string[] words) => _connection.Ask(words);

    private void Demand(bool holds, string otherwise)
    {
        if (!holds)
            _wrong.Add(otherwise);
    }

    private static int LastAcknowledged(IReadOnlyList<Fate> turns)
    {
        for (int turn = turns.Count - 1; turn >= 0; turn--)
        {
            if (turns[turn] == Fate.Acknowledged)
                return turn;
        }

        return -1;
    }

    private static long Number(RespValue reply) => reply.IsNil ? 0 : reply.Integer;
}
