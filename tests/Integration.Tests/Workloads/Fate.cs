namespace MultiCloudKv.Integration.Tests.Workloads;

/// <summary>What a client knows of a command it sent.</summary>
internal enum Fate
{
    /// <summary>Not answered: it may have taken effect or not.</summary>
    Unknown,
    Acknowledged,
}
