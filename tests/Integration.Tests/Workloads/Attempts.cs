namespace MultiCloudKv.Integration.Tests.Workloads;

/// <summary>How often something was tried, and how often that was acknowledged: the truth lies between.</summary>
internal record struct Attempts(long Acknowledged, long Sent)
{
    public readonly bool Allows(long value) => value >= Acknowledged && value <= Sent;

    public static Attempts operator +(Attempts left, Attempts right) => new(left.Acknowledged + right.Acknowledged, left.Sent + right.Sent);
}
