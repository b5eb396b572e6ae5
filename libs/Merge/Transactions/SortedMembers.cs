using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.Records;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Transactions;

/// <summary>The members of a <see cref="SmallSortedSet"/> by score: all are read, copied and sorted when it is opened.</summary>
internal sealed class SortedMembers : ElementCursor
{
    private readonly ByteWriter _names = new(256);
    private readonly List<Member> _members = [];
    private readonly int _step;
    private int _at;

    private SortedMembers(KeyReader reader, double min, double max, bool reverse)
    {
        using (var scan = ElementScan.Open(reader, default, reverse: false))
        {
            while (scan.MoveNext())
            {
                double score = scan.Score;
                if (score < min || score > max)
                    continue;
                _members.Add(new Member(score, _members.Count, _names.Length, scan.Element.Length));
                _names.Write(scan.Element);
            }
        }

        _members.Sort();
        _step = reverse ? -1 : 1;
        _at = reverse ? _members.Count : -1;
    }

    public override ReadOnlySpan<byte> Element => _names.Written.Slice(_members[_at].Start, _members[_at].Length);

    public override ReadOnlySpan<byte> Value => default;

    public override double Score => _members[_at].Score;

    public static SortedMembers Open(KeyReader reader, double min, double max, bool reverse) => new(reader, min, max, reverse);

    public override bool MoveNext()
    {
        _at += _step;
        return (uint)_at < (uint)_members.Count;
    }

    protected override void Dispose(bool disposing)
    {
    }

    /// <summary>One member; those of one score stand in the order of their names, in which they were read.</summary>
    private readonly record struct Member(double Score, int Rank, int Start, int Length) : IComparable<Member>
    {
        public int CompareTo(Member other)
        {
            int order = RecordKeys.SortableScore(Score).CompareTo(RecordKeys.SortableScore(other.Score));
            return order != 0 ? order : Rank.CompareTo(other.Rank);
        }
    }
}
