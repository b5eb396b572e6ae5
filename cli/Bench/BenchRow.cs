namespace MultiCloudKv.Cli.Bench;

/// <summary>One measured thing: ours, what it is held against (if anything), and the bar it has to clear (if any).</summary>
/// <param name="Redis">The same measure taken on Redis in the same run.</param>
/// <param name="Ratio">Ours divided by Redis's.</param>
/// <param name="Judged">What the bar is about: the ratio, or ours as it is.</param>
/// <param name="AtLeast">The lower bar, or null.</param>
/// <param name="AtMost">The upper bar, or null.</param>
internal sealed record BenchRow(string Name, string Unit, double Ours, double? Redis, double? Ratio, double Judged, double? AtLeast, double? AtMost, string? Note)
{
    /// <summary>Null where there is no bar.</summary>
    public bool? Holds => (AtLeast, AtMost) switch
    {
        (null, null) => null,
        ({ } least, _) => Judged >= least,
        (_, { } most) => Judged <= most,
    };

    public static BenchRow Compared(string name, string unit, double ours, double redis, double? ratio = null, double? atLeast = null, double? atMost = null, string? note = null)
    {
        double quotient = ratio ?? (redis > 0 ? ours / redis : 0);
        return new BenchRow(name, unit, ours, redis, quotient, quotient, atLeast, atMost, note);
    }

    public static BenchRow Plain(string name, string unit, double ours, double? atMost = null, double? atLeast = null, string? note = null) =>
        new(name, unit, ours, null, null, ours, atLeast, atMost, note);
}
