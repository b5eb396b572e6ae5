namespace MultiCloudKv.Replicator.Apply;

/// <summary>Ends a session from within; caught by its pipeline.</summary>
internal sealed class SessionEndedException(SessionEnd end, string message, Exception? inner = null) : Exception(message, inner)
{
    public SessionEnd End { get; } = end;
}
