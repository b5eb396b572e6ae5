using System.Buffers.Binary;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Replication;

/// <summary>
/// Which replicator may act for this node: a number that only grows, kept in a file so that a replicator which slept
/// through a restart of the node is still recognised as the older one.
/// </summary>
/// <remarks>
/// A replicator at its start presents 0 and gets the next number: the one before it is fenced from then on. One that
/// attaches again presents the number it held: when it is still the newest it keeps it, otherwise it is refused.
/// File: [epoch u64][crc32c u32]. Thread-safe by a lock.
/// </remarks>
public sealed class ReplicationEpoch : IDisposable
{
    private const int FileBytes = 12;
    private readonly Lock _lock = new();
    private readonly string _path;
    private ulong _current;
    private string _holder = "";
    private CancellationTokenSource _replaced = new();

    /// <param name="path">File the number is kept in; made when it is not there.</param>
    /// <exception cref="EnvironmentException">The file is damaged.</exception>
    public ReplicationEpoch(string path)
    {
        _path = path;
        if (!File.Exists(path))
            return;
        byte[] content = File.ReadAllBytes(path);
        if (content.Length != FileBytes || Crc32C.Compute(content.AsSpan(0, 8)) != BinaryPrimitives.ReadUInt32LittleEndian(content.AsSpan(8)))
            throw new EnvironmentException($"{path} is damaged; remove it with no replicator running", ExitCodes.DataAtRisk);
        _current = BinaryPrimitives.ReadUInt64LittleEndian(content);
    }

    public ulong Current
    {
        get
        {
            lock (_lock)
                return _current;
        }
    }

    /// <summary>Admits a replicator. False: a newer one holds the node, and <paramref name="reason"/> says which.</summary>
    public bool TryAttach(string replicatorId, ulong before, out ulong epoch, out string reason)
    {
        lock (_lock)
        {
            epoch = _current;
            reason = "";
            if (before != 0 && before == _current)
            {
                _holder = replicatorId;
                return true;
            }

            if (before != 0 && before < _current)
            {
                reason = Refusal(before);
                return false;
            }

            epoch = Math.Max(_current, before) + 1;
            Store(epoch);
            _current = epoch;
            _holder = replicatorId;
            _replaced.Cancel();
            _replaced.Dispose();
            _replaced = new CancellationTokenSource();
            return true;
        }
    }

    /// <summary>
    /// True while <paramref name="epoch"/> is the newest; <paramref name="replaced"/> then ends when a newer replicator attaches.
    /// </summary>
    public bool IsCurrent(ulong epoch, out CancellationToken replaced, out string reason)
    {
        lock (_lock)
        {
            replaced = _replaced.Token;
            reason = epoch == _current ? "" : Refusal(epoch);
            return epoch == _current;
        }
    }

    public void Dispose() => _replaced.Dispose();

    private string Refusal(ulong epoch) =>
        $"fenced: replicator {(_holder.Length > 0 ? _holder : "of another start")} holds this node with epoch {_current}, yours is {epoch}";

    private void Store(ulong epoch)
    {
        Span<byte> content = stackalloc byte[FileBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(content, epoch);
        BinaryPrimitives.WriteUInt32LittleEndian(content[8..], Crc32C.Compute(content[..8]));
        Durable.Replace(_path, content);
    }
}
