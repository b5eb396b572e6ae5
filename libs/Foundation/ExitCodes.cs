namespace MultiCloudKv.Foundation;

/// <summary>Exit codes of every process of the product. Append-only: scripts rely on them.</summary>
public static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>A check found a difference, a bar was missed, a test failed.</summary>
    public const int Failed = 1;

    /// <summary>Wrong flag, wrong configuration key, wrong value.</summary>
    public const int Usage = 2;

    /// <summary>A dependency is missing: a native library, a broker, the SDK.</summary>
    public const int MissingDependency = 3;

    /// <summary>The environment does not let the process go on: port, directory, permission.</summary>
    public const int Environment = 4;

    /// <summary>Going on could lose data: failed sync, corruption below the durable position, a full disk.</summary>
    public const int DataAtRisk = 5;

    /// <summary>Another instance took over (fenced).</summary>
    public const int Fenced = 6;

    /// <summary>A bug: an invariant did not hold.</summary>
    public const int Bug = 70;
}
