using System.Text;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Binlog;

/// <summary>Whose log it is. Written into every segment; a directory of another identity is refused.</summary>
/// <param name="ClusterId">At most 64 bytes of UTF-8.</param>
/// <param name="Region">1 to 255.</param>
/// <param name="Incarnation">Of the region; a change of it is accepted and recorded in the segments that follow.</param>
/// <param name="NodeId">At most 64 bytes of UTF-8.</param>
public sealed record BinlogIdentity(string ClusterId, byte Region, uint Incarnation, string NodeId)
{
    internal const int NameBytesMax = 64;

    internal void Validate()
    {
        if (Region == 0)
            throw new EnvironmentException("the region id of a binlog is 1 to 255", ExitCodes.Usage);
        if (Encoding.UTF8.GetByteCount(ClusterId) > NameBytesMax || Encoding.UTF8.GetByteCount(NodeId) > NameBytesMax)
            throw new EnvironmentException($"cluster id and node id are at most {NameBytesMax} bytes long", ExitCodes.Usage);
    }
}
