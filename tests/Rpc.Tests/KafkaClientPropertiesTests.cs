using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Rpc.Tests;

public sealed class KafkaClientPropertiesTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Load_CommentsBlanksAndEqualsInAValue_AreReadAsMeant()
    {
        File.WriteAllText(_file, "# how\n\nsecurity.protocol = SASL_SSL\r\nsasl.password=a=b#c\nssl.ca.location=/x y.pem\n");
        IReadOnlyDictionary<string, string> read = KafkaClientProperties.Load(_file);
        Assert.Equal(["security.protocol=SASL_SSL", "sasl.password=a=b#c", "ssl.ca.location=/x y.pem"], read.Select(p => $"{p.Key}={p.Value}"));
    }

    [Theory]
    [InlineData("acks=0", "line 1: 'acks' is not allowed")]
    [InlineData("\nenable.idempotence=false", "line 2: 'enable.idempotence' is not allowed")]
    [InlineData("debug=all", "'debug' is not allowed")]
    [InlineData("bootstrap.servers=h:1", "'bootstrap.servers' is not allowed")]
    [InlineData("client.rack.x=1", "'client.rack.x' is not allowed")]
    [InlineData("hunter2", "line 1: is to be name=value")]
    [InlineData("=hunter2", "line 1: is to be name=value")]
    [InlineData("sasl.password=", "line 1: is to be name=value")]
    [InlineData("sasl.password=hunter2\nsasl.password=hunter2", "line 2: 'sasl.password' is there twice")]
    public void Load_WrongLine_IsRefusedByItsNumberWithoutItsValue(string text, string expected)
    {
        File.WriteAllText(_file, text);
        EnvironmentException refused = Assert.Throws<EnvironmentException>(() => KafkaClientProperties.Load(_file));
        Assert.StartsWith(_file, refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal(ExitCodes.Usage, refused.ExitCode);
    }

    [Fact]
    public void Load_FileMissingOrTooLarge_IsRefused()
    {
        EnvironmentException missing = Assert.Throws<EnvironmentException>(() => KafkaClientProperties.Load(_file + "-not-there"));
        Assert.Contains("can't read", missing.Message, StringComparison.Ordinal);
        File.WriteAllText(_file, new string('#', KafkaClientProperties.FileBytesMax + 1));
        EnvironmentException large = Assert.Throws<EnvironmentException>(() => KafkaClientProperties.Load(_file));
        Assert.Contains("larger than", large.Message, StringComparison.Ordinal);
    }
}
