namespace MultiCloudKv.Replicator;

/// <summary>A newer replicator holds this node: this one ends, and says so.</summary>
public sealed class FencedException : Exception
{
    public FencedException()
    {
    }

    public FencedException(string message)
        : base(message)
    {
    }

    public FencedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
