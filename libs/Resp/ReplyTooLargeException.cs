namespace MultiCloudKv.Resp;

/// <summary>A handler wrote more than <see cref="RespWriter.ReplyBytesMax"/>; its changes are dropped and the client is told.</summary>
public sealed class ReplyTooLargeException : Exception
{
    public ReplyTooLargeException()
        : base("the reply is too large")
    {
    }

    public ReplyTooLargeException(string message)
        : base(message)
    {
    }

    public ReplyTooLargeException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
