using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Load;

/// <summary>The load generator as a program: one load or one lag measurement per run, one JSON document as its result.</summary>
internal static class Program
{
    private static readonly JsonSerializerOptions Kebab = new() { PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower };

    public static int Main(string[] arguments)
    {
        RootCommand root = new("Load generator: commands against one server, or the lag between two");
        root.Subcommands.Add(RunCommand());
        root.Subcommands.Add(LagCommand());
        try
        {
            return root.Parse(arguments).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception environment) when (environment is IOException or System.Net.Sockets.SocketException)
        {
            Console.Error.WriteLine("load: " + environment.Message);
            return ExitCodes.Environment;
        }
    }

    private static Command RunCommand()
    {
        Option<string> host = Host("--host");
        Option<int> port = new("--port") { Required = true };
        Option<string?> password = new("--password-file");
        Option<string> mix = new("--mix") { DefaultValueFactory = _ => "set:100", Description = "e.g. get:80,set:20; kinds: set get incr hset sadd zadd mget" };
        Option<int> connections = new("--connections") { DefaultValueFactory = _ => 50 };
        Option<int> threads = new("--threads") { DefaultValueFactory = _ => 1 };
        Option<int> pipeline = new("--pipeline") { DefaultValueFactory = _ => 1 };
        Option<long> keys = new("--keys") { DefaultValueFactory = _ => 1_000_000 };
        Option<int> valueBytes = new("--value-bytes") { DefaultValueFactory = _ => 128 };
        Option<bool> oneKey = new("--one-key") { Description = "All elements of hset, sadd, zadd in one collection" };
        Option<bool> fill = new("--fill") { Description = "Every number of the key space once, instead of a time" };
        Option<double> warmup = new("--warmup") { DefaultValueFactory = _ => 0, Description = "Seconds not measured" };
        Option<double> seconds = new("--seconds") { DefaultValueFactory = _ => 5 };
        Option<double> rate = new("--rate") { DefaultValueFactory = _ => 0, Description = "Commands per second, by the clock; 0: as fast as answered" };
        Option<string?> cpus = new("--cpus") { Description = "Processors the load's threads are bound to, such as 0-3,8" };
        Option<bool> witness = new("--witness") { Description = "Watch for stops of processors by the host; needs the right to real-time priority" };
        Option<ulong> seed = new("--seed") { DefaultValueFactory = _ => 1UL };
        Option<int?> versus = new("--versus") { Description = "Port of a second server, loaded in turn with the first, a slice of time each; the result is an array of two. Not with --threads, --fill, --rate, --witness" };
        Option<double> slice = new("--slice") { DefaultValueFactory = _ => 0.25, Description = "Seconds of a slice; --warmup comes before each, --seconds is the sum of each server's" };
        Command command = new("run", "Runs one load") { host, port, password, mix, connections, threads, pipeline, keys, valueBytes, oneKey, fill, warmup, seconds, rate, cpus, witness, seed, versus, slice };
        command.SetAction(parsed => Run(parsed.GetValue(versus), new LoadOptions
        {
            Host = parsed.GetRequiredValue(host),
            Port = parsed.GetRequiredValue(port),
            Password = Password(parsed.GetValue(password)),
            Mix = ParseMix(parsed.GetRequiredValue(mix)),
            Connections = parsed.GetValue(connections),
            Threads = parsed.GetValue(threads),
            Pipeline = parsed.GetValue(pipeline),
            KeySpace = parsed.GetValue(keys),
            ValueBytes = parsed.GetValue(valueBytes),
            OneKey = parsed.GetValue(oneKey),
            Fill = parsed.GetValue(fill),
            Warmup = TimeSpan.FromSeconds(parsed.GetValue(warmup)),
            Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
            Slice = TimeSpan.FromSeconds(parsed.GetValue(slice)),
            Rate = parsed.GetValue(rate),
            Processors = Processors(parsed.GetValue(cpus)),
            Witness = parsed.GetValue(witness),
            Seed = parsed.GetValue(seed),
        }));
        return command;
    }

    private static Command LagCommand()
    {
        Option<string> fromHost = Host("--from-host"), toHost = Host("--to-host");
        Option<int> fromPort = new("--from-port") { Required = true }, toPort = new("--to-port") { Required = true };
        Option<string?> password = new("--password-file");
        Option<double> seconds = new("--seconds") { DefaultValueFactory = _ => 5 };
        Option<double> warmup = new("--warmup") { DefaultValueFactory = _ => 0, Description = "Seconds of probes before those that count" };
        Option<double> perSecond = new("--probes-per-second") { DefaultValueFactory = _ => 500 };
        Option<string> prefix = new("--prefix") { DefaultValueFactory = _ => "lag-probe" };
        Command command = new("lag", "Measures from acknowledged in one server to first readable in another") { fromHost, fromPort, toHost, toPort, password, warmup, seconds, perSecond, prefix };
        command.SetAction(parsed =>
        {
            string? secret = Password(parsed.GetValue(password));
            using ProbeConnection from = new(parsed.GetRequiredValue(fromHost), parsed.GetRequiredValue(fromPort), secret);
            using ProbeConnection to = new(parsed.GetRequiredValue(toHost), parsed.GetRequiredValue(toPort), secret);
            LagProbe probe = new(from, to, parsed.GetRequiredValue(prefix));
            Print(probe.Run(TimeSpan.FromSeconds(parsed.GetValue(warmup)), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(perSecond)));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static int Run(int? versus, LoadOptions options)
    {
        if (versus is { } port)
        {
            if (options is not { Threads: 1, Fill: false, Rate: 0, Witness: false } || options.Slice <= TimeSpan.Zero)
            {
                Console.Error.WriteLine("load: --versus goes with neither --threads, --fill, --rate nor --witness, and --slice takes a time above 0");
                return ExitCodes.Usage;
            }

            Print(LoadInTurn.Run(options, options with { Port = port }));
            return ExitCodes.Ok;
        }

        List<LoadThread> loads = [.. Enumerable.Range(0, options.Threads).Select(index => new LoadThread(options, index))];
        foreach (LoadThread load in loads)
            load.Connect();
        using Process self = Process.GetCurrentProcess();
        TimeSpan before = self.TotalProcessorTime;
        List<Exception> failures = [];
        List<Thread> threads = [.. loads.Select(load => new Thread(() => Guard(load.Run, failures)))];
        StopWitness? witness = options.Witness ? new StopWitness() : null;
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        witness?.Dispose();
        if (failures.Count > 0)
            throw new IOException(failures[0].Message, failures[0]);
        self.Refresh();
        Print(LoadReport.From(loads, (self.TotalProcessorTime - before).TotalSeconds, witness?.Stops()));
        return ExitCodes.Ok;
    }

    private static void Guard(Action run, List<Exception> failures)
    {
        try
        {
            run();
        }
        catch (Exception failure)
        {
            lock (failures)
                failures.Add(failure);
        }
    }

    private static void Print<T>(T report) => Console.WriteLine(JsonSerializer.Serialize(report, Kebab));

    private static Option<string> Host(string name) => new(name) { DefaultValueFactory = _ => "127.0.0.1" };

    private static ProcessorSet? Processors(string? text) =>
        text is null ? null : ProcessorSet.TryParse(text) is { } set && set.IsUsable() ? set : throw new IOException($"--cpus: {text} is none of this process's processors, {ProcessorSet.OfProcess()}");

    private static string? Password(string? file) => file is null ? null : File.ReadLines(file).First().Trim();

    private static List<(CommandKind Kind, int Percent)> ParseMix(string text) =>
        [.. text.Split(',').Select(part => part.Split(':')).Select(part => (Enum.Parse<CommandKind>(part[0], ignoreCase: true), part.Length > 1 ? int.Parse(part[1], provider: null) : 100))];
}
