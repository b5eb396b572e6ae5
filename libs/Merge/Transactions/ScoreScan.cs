using System.Buffers.Binary;
using MultiCloudKv.Merge.Records;

namespace MultiCloudKv.Merge.Transactions;

/// <summary>The members of a sorted set by score, from its score records. For one that has any: see <see cref="State.SmallSortedSet"/>.</summary>
internal sealed class ScoreScan : ElementCursor
{
    private readonly RecordCursor _records;
    private readonly int _scoreAt;

    private ScoreScan(RecordCursor records, int scoreAt)
    {
        _records = records;
        _scoreAt = scoreAt;
    }

    public override ReadOnlySpan<byte> Element => _records.Key[(_scoreAt + RecordKeys.ScoreLength)..];

    public override ReadOnlySpan<byte> Value => default;

    public override double Score => RecordKeys.ScoreOf(BinaryPrimitives.ReadUInt64BigEndian(_records.Key[_scoreAt..]));

    public static ScoreScan Open(KeyReader reader, double min, double max, bool reverse)
    {
        byte[] low = reader.Keys.Score(reader.Version, min, default).ToArray();
        byte[] high = reader.Keys.Score(reader.Version, max, default).ToArray();
        Span<byte> score = high.AsSpan(high.Length - RecordKeys.ScoreLength);
        BinaryPrimitives.WriteUInt64BigEndian(score, RecordKeys.SortableScore(max) + 1);
        return new ScoreScan(reader.Source.Scan(low, high, reverse), reader.Keys.VersionPrefixLength);
    }

    public override bool MoveNext() => _records.MoveNext();

    protected override void Dispose(bool disposing) => _records.Dispose();
}
