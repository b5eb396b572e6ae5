namespace MultiCloudKv.Merge.Transactions;

/// <summary>No elements.</summary>
internal sealed class EmptyCursor : ElementCursor
{
    public static readonly EmptyCursor Instance = new();

    public override ReadOnlySpan<byte> Element => default;

    public override ReadOnlySpan<byte> Value => default;

    public override double Score => 0;

    public override bool MoveNext() => false;

    protected override void Dispose(bool disposing)
    {
    }
}
