namespace MultiCloudKv.Foundation;

/// <summary>
/// What an operator can mend: a port in use, an unwritable directory, a full disk, a corrupt file. The process prints
/// <see cref="Exception.Message"/> as one line, without a stack trace, and exits with <see cref="ExitCode"/>.
/// </summary>
public sealed class EnvironmentException : Exception
{
    public EnvironmentException()
        : this(string.Empty)
    {
    }

    public EnvironmentException(string message)
        : this(message, ExitCodes.Environment)
    {
    }

    public EnvironmentException(string message, Exception inner)
        : base(message, inner) => ExitCode = ExitCodes.Environment;

    public EnvironmentException(string message, int exitCode)
        : base(message) => ExitCode = exitCode;

    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; }
}
