namespace MultiCloudKv.Merge.Records;

/// <summary>Scans of all records under a prefix.</summary>
internal static class RecordRange
{
    private const int StackMax = 512;

    public static RecordCursor Scan(IRecordStore store, ReadOnlySpan<byte> prefix, bool reverse = false)
    {
        Span<byte> end = prefix.Length <= StackMax ? stackalloc byte[prefix.Length] : new byte[prefix.Length];
        prefix.CopyTo(end);
        int length = RecordKeyBuffer.PrefixEnd(end);
        return store.Scan(prefix, end[..length], reverse);
    }
}
