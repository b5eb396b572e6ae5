namespace MultiCloudKv.Merge.State;

/// <summary>
/// A sorted set of few short members has no score records: whoever wants its members by score reads all of them and sorts
/// them. That halves the records such a set takes in memory and on disk, and the records a change of a score touches.
/// <list type="number">
/// <item>A set is small from its first live member on, if that one is short enough.</item>
/// <item>The first member too many or too long gives all members their score records, and the set is small no more, whatever is
/// removed from it, until its last live member goes. So a set that breathes around the limit does not pay for it each time.</item>
/// </list>
/// Whether a set is small is a node's own matter: it depends on the order in which changes came, and regions may differ.
/// Invariant: a key has either no score records and <see cref="KeyState.Small"/> (or no live member), or exactly one for each live member.
/// </summary>
internal static class SmallSortedSet
{
    /// <summary>Most live members.</summary>
    public const int MembersMax = 32;

    /// <summary>Longest member in bytes: with <see cref="MembersMax"/> it bounds what sorting copies.</summary>
    public const int MemberBytesMax = 64;

    /// <summary>Whether a small set of so many live members, the given one among them, is within its limits.</summary>
    /// <param name="membersMax">The node's limit of members; 0: no set is small.</param>
    public static bool Fits(long members, ReadOnlySpan<byte> member, int membersMax = MembersMax) =>
        members <= membersMax && member.Length <= MemberBytesMax;
}
