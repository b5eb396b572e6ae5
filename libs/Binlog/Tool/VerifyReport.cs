namespace MultiCloudKv.Binlog;

/// <summary>What <see cref="BinlogTool.Verify"/> found.</summary>
/// <param name="First">First position looked at.</param>
/// <param name="End">End of the last whole record.</param>
/// <param name="Durable">The recorded durable position, where it is known.</param>
/// <param name="Problem">Empty when all is well; else what is wrong at <paramref name="Offset"/> of <paramref name="File"/>.</param>
/// <param name="Torn">True when the problem lies at or above the durable position: recovery will cut it off.</param>
public sealed record VerifyReport(long First, long End, int Segments, long Records, long? Durable, string Problem, string File, long Offset, bool Torn)
{
    public bool Ok => Problem.Length == 0 || Torn;

    /// <summary>One line for people.</summary>
    public override string ToString()
    {
        string what = $"{Records} records in {Segments} segments, positions {First} to {End}";
        return Problem.Length switch
        {
            0 => $"ok: {what}",
            _ when Torn => $"ok, with a torn tail: {what}; behind it, in {File} at offset {Offset}: {Problem}",
            _ => $"damaged: {File} at offset {Offset}: {Problem}; before it {what}",
        };
    }
}
