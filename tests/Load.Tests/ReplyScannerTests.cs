using System.Text;

namespace MultiCloudKv.Load.Tests;

public class ReplyScannerTests
{
    private const string Stream = "+OK\r\n:12\r\n$5\r\nab\r\nc\r\n$-1\r\n*2\r\n$1\r\nx\r\n*2\r\n:1\r\n+y\r\n*0\r\n-ERR no\r\n%1\r\n+a\r\n:1\r\n$0\r\n\r\n_\r\n";
    private const int Replies = 10;

    [Fact]
    public void Scan_WholeStream_CountsTopLevelReplies()
    {
        ReplyScanner scanner = new();
        Assert.Equal(Replies, scanner.Scan(Encoding.ASCII.GetBytes(Stream), out int used));
        Assert.Equal(Stream.Length, used);
        Assert.Equal(1, scanner.Errors);
        Assert.Equal("-ERR no", scanner.FirstError);
        Assert.Equal(2, scanner.Nulls);
    }

    [Fact]
    public void Scan_CutAtEveryByte_CountsTheSame()
    {
        byte[] bytes = Encoding.ASCII.GetBytes(Stream);
        for (int step = 1; step < bytes.Length; step++)
        {
            ReplyScanner scanner = new();
            int replies = 0, from = 0;
            for (int to = step; from < bytes.Length; to = Math.Min(to + step, bytes.Length))
            {
                replies += scanner.Scan(bytes.AsSpan(from, to - from), out int used);
                from += used;
            }

            Assert.Equal(Replies, replies);
        }
    }
}
