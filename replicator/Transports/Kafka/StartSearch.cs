using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>Finds for each of our partitions the offset in its topic's partition from which on its messages are wanted.</summary>
/// <remarks>
/// <list type="number">
/// <item>That is the offset of the last change applied, where one is known for this topic and not far behind its end.</item>
/// <item>Otherwise ever larger steps are taken back from the end, until the first message of our partition behind such a step is not ahead of
/// what is applied. Behind any message of a partition everything that follows it comes in order (<see cref="KafkaShipper"/>), so
/// any such place will do, and a partition that was quiet for a day is not read through for its heartbeats. Partitions that share one of
/// Kafka's are looked for together; each step reads no further than the one before began.</item>
/// <item>Of which not one message was seen that far back, heartbeats included, is not being shipped: it starts at the end, so that it doesn't
/// make all that share its partition wait. Should it have missed something, its next message shows the hole. A node that looks for its
/// own lost tail goes on to the beginning instead.</item>
/// </list>
/// An offset that is not there any more (retention, another topic of the same name) is never answered by a silent move: the partition is then
/// looked for like any other, and the sequences of the messages say whether something is missing. Used by one reader's thread, once.
/// </remarks>
internal sealed partial class StartSearch(IConsumer<Ignore, byte[]> consumer, string topic, TopicLayout layout, bool own, Func<bool> stopped, ILogger log)
{
    private const long NearEnd = 2048;
    private const long FirstStep = 64;
    private const int StepFactor = 16;
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConsumeTimeout = TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<int, long> _places = [];

    /// <summary>So many messages from the end on; more than come between two heartbeats at any rate.</summary>
    public long UnseenMax { get; init; } = FirstStep * StepFactor * StepFactor * StepFactor;

    /// <summary>By the topic's partitions, those that are read: their ends when it was looked at.</summary>
    public Dictionary<int, long> Ends { get; } = [];

    /// <summary>
    /// A partition of the topic never held anything and another did. Unless it was made this moment, partitions were added to it.
    /// </summary>
    public bool IsPartlyEmpty => Ends.ContainsValue(0) && Ends.Values.Any(e => e > 0);

    /// <summary>By our partitions, where each begins.</summary>
    public Dictionary<int, long> Find(IEnumerable<FeedStart> from)
    {
        List<Sought> sought = Kept(from);
        for (long step = FirstStep, before = 0; sought.Count > 0 && !stopped(); before = step, step *= StepFactor)
        {
            sought = Look(sought, step, before);
            if (own || step < UnseenMax)
                continue;
            foreach (Sought one in sought.Where(s => !s.Seen))
            {
                LogUnseen(topic, one.Start.Partition, UnseenMax);
                _places[one.Start.Partition] = one.End;
            }

            sought.RemoveAll(s => !s.Seen);
        }

        return _places;
    }

    /// <summary>Takes what is known, returns what is to be looked for.</summary>
    private List<Sought> Kept(IEnumerable<FeedStart> from)
    {
        var sought = new List<Sought>();
        foreach (IGrouping<int, FeedStart> shared in from.GroupBy(f => layout.Of(f.Partition)))
        {
            WatermarkOffsets marks = consumer.QueryWatermarkOffsets(new TopicPartition(topic, shared.Key), AskTimeout);
            long end = Ends[shared.Key] = marks.High.Value;
            foreach (FeedStart start in shared)
            {
                long known = start.Topic == topic ? start.Offset : -1;
                bool kept = known >= marks.Low.Value && known <= end;
                if (known >= 0 && !kept)
                    LogNotThere(topic, start.Partition, known);
                long low = kept ? known : marks.Low.Value;
                if ((kept && end - known <= NearEnd) || end <= low)
                    _places[start.Partition] = low;
                else
                    sought.Add(new Sought(start, low, end));
            }
        }

        return sought;
    }

    /// <summary>Reads from one step back up to the step before. Returns those for which that is not far enough.</summary>
    private List<Sought> Look(List<Sought> sought, long step, long before)
    {
        foreach (Sought one in sought.Where(s => s.End - step <= s.Low))
            _places[one.Start.Partition] = one.Low;
        var further = sought.Where(s => s.End - step > s.Low).ToDictionary(s => s.Start.Partition);
        var windows = further.Values.GroupBy(s => layout.Of(s.Start.Partition)).ToDictionary(g => g.Key, g => new Window(g.First().End - before, g.Count()));
        consumer.Assign(further.Values.GroupBy(s => layout.Of(s.Start.Partition)).Select(g => new TopicPartitionOffset(topic, g.Key, g.First().End - step)));
        foreach (Sought one in further.Values)
            one.Looked = false;
        long deadline = Environment.TickCount64 + (long)AskTimeout.TotalMilliseconds;
        while (windows.Count > 0 && !stopped())
        {
            if (consumer.Consume(ConsumeTimeout) is not { Message.Value: not null } result)
            {
                if (Environment.TickCount64 > deadline)
                    throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "nothing could be read"));
                continue;
            }

            deadline = Environment.TickCount64 + (long)AskTimeout.TotalMilliseconds;
            if (!windows.TryGetValue(result.Partition.Value, out Window? window))
                continue;
            if (result.Offset.Value < window.Until)
                See(result, window, further);
            if (window.Open > 0 && result.Offset.Value + 1 < window.Until)
                continue;
            windows.Remove(result.Partition.Value);
            consumer.IncrementalUnassign([new TopicPartition(topic, result.Partition)]);
        }

        return [.. further.Values];
    }

    /// <summary>Looks at the messages of a bundle which are the first of their partition behind this step.</summary>
    private void See(ConsumeResult<Ignore, byte[]> result, Window window, Dictionary<int, Sought> further)
    {
        foreach (ReadOnlyMemory<byte> message in Bundle.Split(result.Message.Value))
        {
            if (!MessageHeader.TryPeekPartition(message.Span, out int partition) || layout.Of(partition) != result.Partition.Value
                || !further.TryGetValue(partition, out Sought? wanted) || wanted.Looked
                || !MessageHeader.TryRead(message.Span, out MessageHeader header, out _))
            {
                continue;
            }

            wanted.Looked = wanted.Seen = true;
            window.Open--;
            if (!IsBehind(header, wanted.Start))
                continue;
            _places[partition] = result.Offset.Value;
            further.Remove(partition);
        }
    }

    /// <summary>A message that says nothing of what comes after what is applied.</summary>
    private static bool IsBehind(in MessageHeader header, FeedStart start) =>
        header.Incarnation < start.Incarnation || (header.Incarnation == start.Incarnation && header.Sequence <= start.Sequence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic} no longer holds offset {Offset} of partition {Partition}; what is missing shows in the sequences")]
    private partial void LogNotThere(string topic, int partition, long offset);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic} has nothing of partition {Partition} in its last {Messages} messages: reading it from the end; what is missing shows in the sequences")]
    private partial void LogUnseen(string topic, int partition, long messages);

    private sealed class Sought(FeedStart start, long low, long end)
    {
        public FeedStart Start { get; } = start;

        public long Low { get; } = low;

        public long End { get; } = end;

        /// <summary>A message of it was seen at all.</summary>
        public bool Seen { get; set; }

        /// <summary>Its first message behind this step was seen.</summary>
        public bool Looked { get; set; }
    }

    private sealed class Window(long until, int open)
    {
        public long Until { get; } = until;

        /// <summary>So many partitions have not been seen in it yet.</summary>
        public int Open { get; set; } = open;
    }
}
