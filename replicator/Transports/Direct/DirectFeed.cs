using Google.Protobuf;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Transports.Direct;

/// <summary>A pull stream from a peer's replicator.</summary>
internal sealed class DirectFeed : IOriginFeed
{
    private readonly RpcStream<PullReply> _stream;
    private readonly List<ReceivedMessage> _messages = [];
    private readonly List<FeedRefusal> _refusals = [];
    private PullReply? _first;

    public DirectFeed(RpcStream<PullReply> stream, PullReply first)
    {
        _stream = stream;
        _first = first;
        Refuse(first);
    }

    public IReadOnlyList<FeedRefusal> Refusals => _refusals;

    public string Topic => "";

    public bool Ended { get; private set; }

    public async ValueTask<IReadOnlyList<ReceivedMessage>> FetchAsync(CancellationToken cancel)
    {
        _messages.Clear();
        int refusals = _refusals.Count;
        while (_messages.Count == 0 && _refusals.Count == refusals)
        {
            PullReply? reply = _first ?? await _stream.Replies.ReadAsync(cancel);
            if (reply is null)
            {
                Ended = true;
                break;
            }

            if (_first is null)
                Refuse(reply);
            _first = null;
            foreach (ByteString bytes in reply.Messages)
            {
                if (!ReceivedMessage.TryRead(bytes.Memory, -1, out ReceivedMessage message, out string wrong))
                    throw new RpcException(RpcStatus.DataLoss, wrong);
                _messages.Add(message);
            }
        }

        return _messages;
    }

    public ValueTask<ReshipAnswer> ReshipAsync(int partition, ulong afterSequence, CancellationToken cancel) => new(ReshipAnswer.Reopen);

    private void Refuse(PullReply reply)
    {
        foreach (PullRefusal r in reply.Refusals)
            _refusals.Add(new FeedRefusal((int)r.Partition, (FeedRefusalCause)r.Cause, r.Reason));
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
