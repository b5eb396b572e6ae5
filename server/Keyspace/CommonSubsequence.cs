using System.Diagnostics.CodeAnalysis;

namespace MultiCloudKv.Server.Keyspace;

/// <summary>
/// The longest common subsequence of two byte strings by the table of the lengths for all pairs of beginnings. Of several longest
/// ones it is the one that Redis finds: from the ends, the second string is shortened unless shortening the first keeps more.
/// </summary>
internal sealed class CommonSubsequence
{
    /// <summary>Cells of the table: as much memory as one string may take.</summary>
    private const long CellsMax = 512L * 1024 * 1024 / sizeof(int);

    private CommonSubsequence(int length) => Length = length;

    /// <summary>A piece that lies in one piece in both strings: where it begins in each.</summary>
    public readonly record struct Run(int First, int Second, int Length);

    public int Length { get; }

    /// <summary>The last piece first.</summary>
    public List<Run> Runs { get; } = [];

    /// <summary>False when the table would be too large.</summary>
    public static bool TryFind(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, [NotNullWhen(true)] out CommonSubsequence? found)
    {
        found = null;
        int width = b.Length + 1;
        if ((a.Length + 1L) * width > CellsMax)
            return false;
        int[] lengths = new int[(a.Length + 1) * width];
        for (int i = 1; i <= a.Length; i++)
        {
            Span<int> row = lengths.AsSpan(i * width, width);
            Span<int> above = lengths.AsSpan((i - 1) * width, width);
            for (int j = 1; j <= b.Length; j++)
                row[j] = a[i - 1] == b[j - 1] ? above[j - 1] + 1 : Math.Max(above[j], row[j - 1]);
        }

        found = new CommonSubsequence(lengths[^1]);
        found.CollectRuns(a, b, lengths, width);
        return true;
    }

    public byte[] Text(ReadOnlySpan<byte> a)
    {
        byte[] text = new byte[Length];
        int end = Length;
        foreach (Run run in Runs)
        {
            end -= run.Length;
            a.Slice(run.First, run.Length).CopyTo(text.AsSpan(end));
        }

        return text;
    }

    private void CollectRuns(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, int[] lengths, int width)
    {
        int i = a.Length;
        int j = b.Length;
        while (i > 0 && j > 0)
        {
            int run = 0;
            while (i > 0 && j > 0 && a[i - 1] == b[j - 1])
            {
                run++;
                i--;
                j--;
            }

            if (run > 0)
                Runs.Add(new Run(i, j, run));
            else if (lengths[((i - 1) * width) + j] > lengths[(i * width) + j - 1])
                i--;
            else
                j--;
        }
    }
}
