namespace MultiCloudKv.Foundation;

/// <summary>An invariant of the product does not hold. Nothing catches it but the process's last handler, which stops the process.</summary>
public sealed class InvariantException : Exception
{
    public InvariantException()
    {
    }

    public InvariantException(string message)
        : base("invariant violated: " + message)
    {
    }

    public InvariantException(string message, Exception inner)
        : base("invariant violated: " + message, inner)
    {
    }
}
