using System.Text;

namespace MultiCloudKv.Load.Tests;

public class CommandTemplateTests
{
    [Fact]
    public void Write_Set_FillsKeyAndValue()
    {
        string text = Written(CommandKind.Set, number: 123, oneKey: false);
        Assert.StartsWith("*3\r\n$3\r\nSET\r\n$16\r\nKEY:000000000123\r\n$128\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u0001', text);
    }

    [Fact]
    public void Write_Collection_SpreadsElementsOverKeys()
    {
        Assert.Contains("SET:000000000012\r\n$14\r\nM:000000000003", Written(CommandKind.SAdd, number: 123, oneKey: false), StringComparison.Ordinal);
        Assert.Contains("SET:000000000000\r\n$14\r\nM:000000000123", Written(CommandKind.SAdd, number: 123, oneKey: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_MGet_HasTenKeysWithinTheKeySpace()
    {
        string[] lines = Written(CommandKind.MGet, number: 999, oneKey: false).Split("\r\n");
        List<string> keys = [.. lines.Where(line => line.StartsWith("KEY:", StringComparison.Ordinal))];
        Assert.Equal(10, keys.Count);
        Assert.All(keys, key => Assert.InRange(long.Parse(key[4..], provider: null), 0, 999));
    }

    private static string Written(CommandKind kind, long number, bool oneKey)
    {
        CommandTemplate template = CommandTemplate.For(kind, 128, oneKey);
        byte[] target = new byte[template.Length];
        RandomNumbers random = new(5);
        byte[] values = [.. Enumerable.Repeat((byte)'v', 1024)];
        template.Write(target, number, 1000, ref random, values);
        return Encoding.Latin1.GetString(target);
    }
}
