namespace MultiCloudKv.Server.Storage;

/// <summary>Where the one listener to touched keys is found; none until the command layer has registered.</summary>
internal sealed class CommitListeners
{
    private ICommitListener? _current;

    public ICommitListener? Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }
}
