using System.Diagnostics;
using System.Text;

namespace MultiCloudKv.Resp.Tests;

public sealed class GlobPatternTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("h?llo", "hello", true)]
    [InlineData("h?llo", "hllo", false)]
    [InlineData("h*llo", "heeeello", true)]
    [InlineData("h[ae]llo", "hallo", true)]
    [InlineData("h[ae]llo", "hillo", false)]
    [InlineData("h[^e]llo", "hello", false)]
    [InlineData("h[^e]llo", "hbllo", true)]
    [InlineData("h[a-c]llo", "hbllo", true)]
    [InlineData("h[c-a]llo", "hbllo", true)]
    [InlineData("h\\*llo", "h*llo", true)]
    [InlineData("h\\*llo", "hello", false)]
    [InlineData("a*b*c", "aXbYc", true)]
    [InlineData("a*b*c", "aXcYb", false)]
    [InlineData("*foo*bar", "xfooxfoobar", true)]
    [InlineData("[\\]]", "]", true)]
    [InlineData("a[", "a", false)]
    public void IsMatch_AsRedisMatches(string pattern, string text, bool expected) =>
        Assert.Equal(expected, GlobPattern.IsMatch(Encoding.ASCII.GetBytes(pattern), Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void IsMatch_ManyStars_NotExponential()
    {
        byte[] pattern = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a*", 50)) + "b");
        byte[] text = Encoding.ASCII.GetBytes(new string('a', 5000));
        var watch = Stopwatch.StartNew();
        Assert.False(GlobPattern.IsMatch(pattern, text));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void IsMatch_IgnoringCase_LettersOnly()
    {
        Assert.True(GlobPattern.IsMatch("maxC[L-N]*"u8, "MAXCMients"u8, ignoreCase: true));
        Assert.False(GlobPattern.IsMatch("maxc*"u8, "MAXC"u8));
    }
}
