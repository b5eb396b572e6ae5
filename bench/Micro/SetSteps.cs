using System.Diagnostics;
using System.Globalization;
using System.Text;
using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Transactions;
using MultiCloudKv.Resp;
using MultiCloudKv.Resp.Catalogue;
using MultiCloudKv.Server.Storage;

namespace MultiCloudKv.Micro;

/// <summary>
/// The time of one SET, step by step: each step is measured as the difference between a loop that ends with it and the loop
/// that ends before it, each the best of several rounds over all steps. Figures depend on the machine; what they say is where the time goes.
/// </summary>
public static class SetSteps
{
    private const int Rounds = 12;
    private const int Operations = 100_000;

    public static void Print(TextWriter to)
    {
        using var data = new BenchData();
        StorageSession session = data.Engine().NewSession();
        var parser = new RequestParser();
        var reply = new RespWriter();
        byte[][] requests = [.. data.Keys.Select(k => Request(k, data.Value))];
        foreach (byte[] key in data.Keys)
            Set(session, key, data.Value);
        (string Name, Action<int> Body)[] steps =
        [
            ("parse", i => Parse(parser, requests[Index(i)])),
            ("find the row, the slot", i =>
            {
                Parse(parser, requests[Index(i)]);
                CommandCatalogue.Find(parser.Arguments[0]);
                Slots.Of(parser.Arguments[1]);
            }),
            ("take and leave the stripe", i =>
            {
                Parse(parser, requests[Index(i)]);
                CommandCatalogue.Find(parser.Arguments[0]);
                session.Enter([Slots.Of(parser.Arguments[1])]);
                session.Exit();
            }),
            ("read the record", i =>
            {
                Read(parser, session, requests[Index(i)]);
                session.Exit();
            }),
            ("build the change", i =>
            {
                Read(parser, session, requests[Index(i)]).Set(parser.Arguments[2]);
                session.Exit();
            }),
            ("append to the binlog, apply to the record", i =>
            {
                Read(parser, session, requests[Index(i)]).Set(parser.Arguments[2]);
                session.Commit();
                session.Exit();
            }),
            ("write the reply", i =>
            {
                Read(parser, session, requests[Index(i)]).Set(parser.Arguments[2]);
                session.Commit();
                session.Exit();
                reply.Truncate(0);
                reply.SimpleString("OK"u8);
            }),
        ];
        double[] best = new double[steps.Length];
        Array.Fill(best, double.MaxValue);
        for (int round = 0; round < Rounds; round++)
        {
            for (int step = 0; step < steps.Length; step++)
                best[step] = Math.Min(best[step], Measure(steps[step].Body));
        }

        double before = 0;
        for (int step = 0; step < steps.Length; step++)
        {
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{steps[step].Name,-45} {Math.Max(0, best[step] - before),7:0} ns   {best[step],7:0} ns in all"));
            before = best[step];
        }
    }

    private static double Measure(Action<int> body)
    {
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < Operations; i++)
            body(i);
        return Stopwatch.GetElapsedTime(began).TotalNanoseconds / Operations;
    }

    private static int Index(int i) => (int)((uint)i * 7919u % BenchData.KeyCount);

    private static void Parse(RequestParser parser, byte[] request) => parser.Parse(request, 0, request.Length, RequestLimits.Default, true, out _);

    private static KeyView Read(RequestParser parser, StorageSession session, byte[] request)
    {
        Parse(parser, request);
        CommandCatalogue.Find(parser.Arguments[0]);
        session.Enter([Slots.Of(parser.Arguments[1])]);
        KeyView view = session.Transaction.Open(parser.Arguments[1]);
        _ = view.Exists;
        return view;
    }

    private static void Set(StorageSession session, byte[] key, byte[] value)
    {
        session.Enter([Slots.Of(key)]);
        session.Transaction.Open(key).Set(value);
        session.Commit();
        session.Exit();
    }

    private static byte[] Request(byte[] key, byte[] value) =>
        Encoding.ASCII.GetBytes($"*3\r\n$3\r\nSET\r\n${key.Length}\r\n{Encoding.ASCII.GetString(key)}\r\n${value.Length}\r\n{Encoding.ASCII.GetString(value)}\r\n");
}
