namespace MultiCloudKv.Merge.State;

/// <summary>The last EXPIRE or PERSIST of a region: Unix milliseconds, or never.</summary>
internal readonly struct ExpiryRegister(byte region, ulong hlc, long ms) : IRegional
{
    public byte Region => region;

    public ulong Hlc => hlc;

    public long Ms => ms;
}
