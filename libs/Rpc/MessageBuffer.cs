using System.Buffers;
using System.IO.Pipelines;

namespace MultiCloudKv.Rpc;

/// <summary>
/// A pipe as the place messages are encoded to. A request for "any size" becomes one for a size: the response of a call
/// whose caller has just left hands out as much as was asked for and drops it, so that "any" would be nothing at all, and
/// an encoder that is handed nothing fails with an error of its own before the call is seen to have ended.
/// </summary>
internal sealed class MessageBuffer(PipeWriter pipe) : IBufferWriter<byte>
{
    private const int LeastBytes = 256;

    public void Advance(int count) => pipe.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => pipe.GetMemory(Math.Max(sizeHint, LeastBytes));

    public Span<byte> GetSpan(int sizeHint = 0) => pipe.GetSpan(Math.Max(sizeHint, LeastBytes));
}
