using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Changes;

/// <summary>What an element contributes to its key's state and to the derived records; taken before and after a change.</summary>
internal readonly struct ElementFacts
{
    public ElementFacts(ElementState state, ElementType type, byte self)
    {
        Stored = !state.IsEmpty;
        if (!Stored)
            return;
        Live = state.IsLive;
        Residue = state.IsResidue;
        Remains = !Live || state.HasRemains;
        Newest = state.Newest;
        Foreign = state.HasForeignDelta(self);
        if (type == ElementType.SortedSet && Live && state.TryNumber(type, out Number score))
            Score = score.ToDouble();
    }

    public bool Stored { get; }

    public bool Live { get; }

    public bool Residue { get; }

    public bool Remains { get; }

    public bool Foreign { get; }

    public Stamp Newest { get; }

    public double Score { get; }
}
