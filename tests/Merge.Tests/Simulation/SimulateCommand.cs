using System.Diagnostics;
using System.Globalization;

namespace MultiCloudKv.Merge.Tests.Simulation;

/// <summary>
/// Histories from the command line.
/// <code>
/// simulate REGIONS SEED STEPS       replays one history and prints what happens
/// simulate search N                 tries up to N histories of all shapes until one fails
/// simulate count REGIONS N STEPS    runs seeds 0 to N - 1 and prints how long it took
/// </code>
/// Exit code 0: all right, 1: a history is wrong, 2: usage.
/// </summary>
internal static class SimulateCommand
{
    /// <summary>Regions and steps of the histories that are searched and tested.</summary>
    public static IReadOnlyList<(int Regions, int Steps)> Shapes { get; } = [(2, 60), (3, 50), (4, 45), (5, 45)];

    public static int Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["search", string most]:
                return Search(Integer(most));
            case ["count", string regions, string count, string steps]:
                return Count(Integer(regions), Integer(count), Integer(steps));
            case [string regions, string seed, string steps]:
                string? wrong = World.Run(Integer(regions), (ulong)Integer(seed), Integer(steps), Console.WriteLine);
                Console.WriteLine(wrong ?? "all right");
                return wrong is null ? 0 : 1;
            default:
                Console.Error.WriteLine("usage: simulate REGIONS SEED STEPS | simulate search N | simulate count REGIONS N STEPS");
                return 2;
        }
    }

    /// <summary>What to type to see a history again.</summary>
    public static string Replay(int regions, ulong seed, int steps) =>
        $"dotnet run --project tests/Merge.Tests -c Release -- simulate {regions} {seed} {steps}";

    private static int Search(int most)
    {
        var watch = Stopwatch.StartNew();
        for (int tried = 0; tried < most; tried++)
        {
            (int regions, int steps) = Shapes[tried % Shapes.Count];
            ulong seed = (ulong)(tried / Shapes.Count);
            if (World.Run(regions, seed, steps) is not { } wrong)
                continue;
            Console.WriteLine($"{tried + 1} histories, {watch.ElapsedMilliseconds} ms, {regions} {seed} {steps}: {wrong}");
            return 1;
        }

        Console.WriteLine($"{most} histories, all right, {watch.ElapsedMilliseconds} ms");
        return 0;
    }

    private static int Count(int regions, int count, int steps)
    {
        var watch = Stopwatch.StartNew();
        int bad = 0;
        for (int seed = 0; seed < count; seed++)
        {
            if (World.Run(regions, (ulong)seed, steps) is { } wrong && bad++ < 3)
                Console.WriteLine($"seed {seed}: {wrong}");
        }

        Console.WriteLine($"{regions} regions: {bad} of {count} histories wrong, {watch.ElapsedMilliseconds} ms");
        return bad == 0 ? 0 : 1;
    }

    private static int Integer(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
