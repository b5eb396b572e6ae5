using System.Diagnostics;
using System.Globalization;
using MultiCloudKv.Merge.Tests.Simulation;

namespace MultiCloudKv.Merge.Tests.Properties;

/// <summary>
/// Ten thousand random histories a run. Each checks, against the oracle: what every region shows before each command and, when
/// all is delivered, everywhere (convergence, no silent loss, add wins, exact sums); that a change applied again changes
/// nothing; that the number of keys, the score index and the expiry index say what shows; and that nothing is left when
/// all is quiet.
/// </summary>
/// <remarks>
/// The seeds are the same in every run; MCKV_MERGE_SEED moves them elsewhere, or replays one history as regions:seed:steps.
/// </remarks>
public sealed class HistoryTests
{
    private const int HistoriesEach = 2600;

    public static TheoryData<int, int> Shapes => [.. SimulateCommand.Shapes.Select(shape => (shape.Regions, shape.Steps))];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Histories_OfAnyShape_ConvergeToWhatTheOracleDerives(int regions, int steps)
    {
        string wanted = Environment.GetEnvironmentVariable("MCKV_MERGE_SEED") ?? "";
        ulong first = ulong.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out ulong given) ? given : 0;
        for (ulong seed = first; seed < first + HistoriesEach; seed++)
        {
            string? wrong = World.Run(regions, seed, steps);
            Assert.True(wrong is null, $"{wrong}{Environment.NewLine}replay: {SimulateCommand.Replay(regions, seed, steps)}");
        }
    }

    [Fact]
    public void History_NamedInTheEnvironment_IsRight()
    {
        string[] parts = (Environment.GetEnvironmentVariable("MCKV_MERGE_SEED") ?? "").Split(':');
        Assert.SkipUnless(parts.Length == 3, "MCKV_MERGE_SEED=regions:seed:steps names a history");
        int[] numbers = [.. parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        Assert.Null(World.Run(numbers[0], (ulong)numbers[1], numbers[2], line => Trace.WriteLine(line)));
    }
}
