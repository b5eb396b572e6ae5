using System.Text.RegularExpressions;

namespace MultiCloudKv.Wire.Tests.Harness;

/// <summary>
/// A conversation as text, one <c>command => reply</c> a line, played on an emptied server over a fresh connection:
/// <code>
/// SET k a NX   => +OK
/// SET k b NX   => nil
/// TTL k        => :-1
/// </code>
/// The reply is what <see cref="WireConnection"/> shows; <c>*</c> in it stands for anything, <c>?</c> alone for any
/// reply at all, and <c>A | B</c> for either. A test whose replies hold for a real Redis proves itself.
/// </summary>
public static class WireScript
{
    public static void Play(WireServer server, string script)
    {
        using WireConnection connection = server.Connect();
        connection.Run("FLUSHALL");
        foreach (string line in script.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] sides = line.Split("=>", 2, StringSplitOptions.TrimEntries);
            string reply = connection.Run(sides[0]);
            Assert.True(sides.Length == 1 || Matches(sides[1], reply), $"{sides[0]}\n  expected {sides[^1]}\n  got      {reply}");
        }
    }

    private static bool Matches(string expected, string reply)
    {
        if (expected == "?")
            return true;
        foreach (string pattern in expected.Split(" | "))
        {
            if (Regex.IsMatch(reply, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.Singleline))
                return true;
        }

        return false;
    }
}
