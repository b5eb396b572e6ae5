using System.IO.Pipelines;

namespace MultiCloudKv.Rpc.Tests;

/// <summary>The response of a call whose caller has just left: hands out exactly as much as is asked for, and drops it.</summary>
internal sealed class LeftPipe : PipeWriter
{
    public override void Advance(int bytes)
    {
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => new byte[sizeHint];

    public override Span<byte> GetSpan(int sizeHint = 0) => new byte[sizeHint];

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => new(new FlushResult(isCanceled: false, isCompleted: true));

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }
}
