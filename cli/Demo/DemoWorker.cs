using System.Diagnostics;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Demo;

/// <summary>
/// Writes its share of the items through one region, a batch in flight at a time. When the region goes away under it, it
/// waits for the return, asks for each item of the unanswered batch whether it took effect, and goes on with the others.
/// One thread; the counts may be read from others.
/// </summary>
internal sealed class DemoWorker(int port, string? password, IEnumerable<DemoItem> items)
{
    private const int BatchItems = 64;
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);

    private int _inFlight;
    private long _acknowledged;
    private volatile Exception? _failure;

    public Dictionary<string, long> Counters { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> Sets { get; } = new(StringComparer.Ordinal);

    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Items sent and not answered.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    public long Changes { get; private set; }

    public long Groups { get; private set; }

    /// <summary>Items whose answer was lost: found to have taken effect, and not.</summary>
    public (int Done, int Lost) Resolved { get; private set; }

    public int UnansweredAtBreak { get; private set; }

    public Exception? Failure => _failure;

    public void Run()
    {
        try
        {
            RespConnection connection = new(port, password);
            try
            {
                foreach (DemoItem[] chunk in items.Chunk(BatchItems))
                    connection = Write(connection, chunk);
            }
            finally
            {
                connection.Dispose();
            }
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
    }

    private RespConnection Write(RespConnection connection, DemoItem[] batch)
    {
        while (batch.Length > 0)
        {
            int answered = 0;
            try
            {
                foreach (DemoItem item in batch)
                    item.Append(connection);
                Volatile.Write(ref _inFlight, batch.Length);
                connection.Flush();
                for (; answered < batch.Length; answered++)
                {
                    batch[answered].ReadReplies(connection);
                    Count(batch[answered]);
                    Volatile.Write(ref _inFlight, batch.Length - answered - 1);
                }

                return connection;
            }
            catch (IOException)
            {
                connection.Dispose();
                UnansweredAtBreak += batch.Length - answered;
                connection = Reconnect();
                batch = [.. Resolve(connection, batch[answered..])];
            }
        }

        return connection;
    }

    /// <summary>Counts what took effect without an answer; returns what has to be sent again.</summary>
    private List<DemoItem> Resolve(RespConnection connection, DemoItem[] unanswered)
    {
        List<DemoItem> again = [];
        foreach (DemoItem item in unanswered)
        {
            if (connection.Ask(item.Evidence).Integer == 1)
                Count(item);
            else
                again.Add(item);
        }

        Resolved = (Resolved.Done + unanswered.Length - again.Count, Resolved.Lost + again.Count);
        return again;
    }

    private RespConnection Reconnect()
    {
        long begun = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                RespConnection connection = new(port, password);
                if (connection.Ask("SET", "demo:back", "1") is { IsError: false })
                {
                    Groups++;
                    return connection;
                }

                connection.Dispose();
            }
            catch (Exception away) when (away is EnvironmentException or IOException)
            {
                // Not back yet.
            }

            if (Stopwatch.GetElapsedTime(begun) > ReturnLimit)
                throw new EnvironmentException($"the node at port {port} did not take writes again within {ReturnLimit.TotalSeconds:0} s", ExitCodes.Failed);
            Thread.Sleep(RetryInterval);
        }
    }

    private void Count(DemoItem item)
    {
        Volatile.Write(ref _acknowledged, _acknowledged + 1);
        Changes += item.Changes;
        Groups += item.Groups;
        if (item.Counter is not null)
            Counters[item.Counter] = Counters.GetValueOrDefault(item.Counter) + 1;
        if (item.Set is not null)
            Sets[item.Set] = Sets.GetValueOrDefault(item.Set) + 1;
    }
}
