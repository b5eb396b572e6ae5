namespace MultiCloudKv.Merge;

/// <summary>
/// Thrown by a store that will not block when a record is not in memory. It carries nothing: the store remembers what
/// was missing, and whoever runs the transaction drops what it has made, has it loaded and runs it again.
/// </summary>
public sealed class NotResidentException : Exception
{
    /// <summary>The one instance a store throws: no allocation, no stack trace of interest.</summary>
    public static readonly NotResidentException Instance = new();

    public NotResidentException()
        : base("a record is not in memory")
    {
    }

    public NotResidentException(string message)
        : base(message)
    {
    }

    public NotResidentException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
