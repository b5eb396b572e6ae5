using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MultiCloudKv.Foundation;

/// <summary>
/// Checks that stay on in production. A failed one is a bug: the process stops rather than go on with state it does not
/// understand; replaying the binlog rebuilds what it held.
/// </summary>
public static class Invariant
{
    /// <exception cref="InvariantException">The condition is false.</exception>
    public static void Check(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string what = "",
        [CallerMemberName] string where = "")
    {
        if (!condition)
            Fail(what, where);
    }

    [DoesNotReturn]
    private static void Fail(string what, string where) => throw new InvariantException($"{where}: {what}");
}
