using System.Buffers;
using System.Text;
using MultiCloudKv.Resp;
using MultiCloudKv.Server.Network;

namespace MultiCloudKv.Server.Tests.Network;

public sealed class RequestBufferTests
{
    [Fact]
    public void Requests_CutAnywhereIntoSegmentsAndReads_ParseTheSame()
    {
        var random = new Random(11);
        for (int round = 0; round < 300; round++)
        {
            var expected = new List<string>();
            var bytes = new List<byte>();
            for (int i = 0; i < 20; i++)
            {
                string value = new((char)('a' + random.Next(26)), random.Next(10) == 0 ? random.Next(20_000) : random.Next(40));
                expected.Add(value);
                bytes.AddRange(Encoding.ASCII.GetBytes($"*2\r\n$4\r\nECHO\r\n${value.Length}\r\n{value}\r\n"));
            }

            Assert.Equal(expected, Parse(bytes.ToArray(), random));
        }
    }

    private static List<string> Parse(byte[] bytes, Random random)
    {
        var buffer = new RequestBuffer();
        var parser = new RequestParser();
        var seen = new List<string>();
        int at = 0;
        while (at < bytes.Length)
        {
            int length = Math.Min(bytes.Length - at, random.Next(1, 6000));
            buffer.Take(Segments(bytes.AsSpan(at, length).ToArray(), random), parser.BytesWanted);
            at += length;
            while (parser.Parse(buffer.Bytes, buffer.Start, buffer.Length, RequestLimits.Default, true, out int consumed) == ParseStatus.Complete)
            {
                buffer.Consume(consumed);
                seen.Add(Encoding.ASCII.GetString(parser.Arguments[1]));
            }

            Assert.True(buffer.KeepRest());
        }

        Assert.Equal(0, buffer.Length);
        return seen;
    }

    private static ReadOnlySequence<byte> Segments(byte[] bytes, Random random)
    {
        Segment? first = null;
        Segment? last = null;
        for (int at = 0; at < bytes.Length;)
        {
            int length = Math.Min(bytes.Length - at, random.Next(3) == 0 ? random.Next(1, 2000) : bytes.Length);
            last = new Segment(bytes.AsMemory(at, length), last);
            first ??= last;
            at += length;
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            before.Next = this;
            RunningIndex = before.RunningIndex + before.Memory.Length;
        }
    }
}
