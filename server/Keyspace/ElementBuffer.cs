using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Keyspace;

/// <summary>Elements copied out of a scan, with their scores where they have any, so that the key can be changed after it.</summary>
/// <remarks>Owned by one command.</remarks>
internal sealed class ElementBuffer
{
    private readonly ByteWriter _bytes = new();
    private readonly List<(int Start, int Length, double Score)> _elements = [];

    public int Count => _elements.Count;

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            (int start, int length, _) = _elements[index];
            return _bytes.Written.Slice(start, length);
        }
    }

    public double ScoreOf(int index) => _elements[index].Score;

    public void Add(ReadOnlySpan<byte> element, double score = 0)
    {
        _elements.Add((_bytes.Length, element.Length, score));
        _bytes.Write(element);
    }

    public void Reverse() => _elements.Reverse();

    public bool Contains(ReadOnlySpan<byte> element)
    {
        for (int i = 0; i < _elements.Count; i++)
        {
            if (this[i].SequenceEqual(element))
                return true;
        }

        return false;
    }

    public void Clear()
    {
        _elements.Clear();
        _bytes.Clear();
    }
}
