using MultiCloudKv.Merge;

namespace MultiCloudKv.Merge.Tests.Simulation;

/// <summary>Walks a list made when the scan began.</summary>
internal sealed class FrozenCursor(List<(byte[] Key, byte[] Value)> records) : RecordCursor
{
    private int _at = -1;

    public override ReadOnlySpan<byte> Key => records[_at].Key;

    public override ReadOnlySpan<byte> Value => records[_at].Value;

    public override bool MoveNext() => ++_at < records.Count;

    protected override void Dispose(bool disposing)
    {
    }
}
