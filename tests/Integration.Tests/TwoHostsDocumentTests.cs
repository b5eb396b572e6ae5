using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MultiCloudKv.Integration.Tests;

/// <summary>
/// Follows docs/operating/two-hosts.md on two network namespaces joined by a cable: the configuration blocks as they stand
/// on the page, only the directory replaced, and the commands of its last sections.
/// </summary>
public sealed partial class TwoHostsDocumentTests : IDisposable
{
    private const string DocumentedDirectory = "/var/lib/mckv";
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly string _root = FindRoot();
    private readonly string _scratch = Directory.CreateTempSubdirectory("mckv-two-hosts-").FullName;
    private readonly string _east = $"mckv-e-{Environment.ProcessId}";
    private readonly string _west = $"mckv-w-{Environment.ProcessId}";
    private readonly List<Process> _nodes = [];

    public void Dispose()
    {
        foreach (Process node in _nodes)
        {
            if (!node.HasExited)
                node.Kill(entireProcessTree: true);
            node.Dispose();
        }

        _ = Run("ip", "netns", "del", _east);
        _ = Run("ip", "netns", "del", _west);
        Directory.Delete(_scratch, recursive: true);
    }

    [Fact]
    public async Task TwoHosts_FollowingTheDocument_ReplicateAndOutliveACutLine()
    {
        Assert.SkipUnless(Environment.UserName == "root", "network namespaces need root");
        Assert.SkipUnless(Run("ip", "netns", "add", _east).ExitCode == 0 && Run("ip", "netns", "add", _west).ExitCode == 0, "network namespaces can't be made here");
        Cable();
        string[] blocks = [.. YamlBlock().Matches(await File.ReadAllTextAsync(Path.Combine(_root, "docs/operating/two-hosts.md"), TestContext.Current.CancellationToken)).Select(match => match.Groups[1].Value)];
        Assert.Equal(2, blocks.Length);
        Start(_east, "east", blocks[0]);
        Start(_west, "west", blocks[1]);

        await UntilAsync(() => Redis(_east, "10.77.0.1", "SET", "greeting", "hello") == "OK", "east takes a write");
        await UntilAsync(() => Redis(_west, "10.77.0.2", "GET", "greeting") == "hello", "west has it");

        // A new node takes no writes before a peer has told it that nothing of its own is missing; cut off earlier, it would go on refusing them.
        await UntilAsync(() => Redis(_west, "10.77.0.2", "SET", "answer", "hello to you") == "OK", "west takes a write");
        Assert.Contains("NOAUTH", Ask(_east, "redis-cli", "-h", "10.77.0.1", "-p", "7000", "GET", "greeting"), StringComparison.Ordinal);
        Assert.Equal("200", Ask(_east, "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Authorization: Bearer two-hosts-password", "http://127.0.0.1:7001/readyz"));
        Assert.Equal("401", Ask(_east, "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:7001/metrics"));

        Assert.Equal(0, Run("ip", "netns", "exec", _east, "ip", "link", "set", "cable", "down").ExitCode);
        await UntilAsync(() => Redis(_east, "10.77.0.1", "INCRBY", "apart", "3") == "3", "east takes writes alone");
        await UntilAsync(() => Redis(_west, "10.77.0.2", "INCRBY", "apart", "4") == "4", "west takes writes alone");
        Assert.Equal(0, Run("ip", "netns", "exec", _east, "ip", "link", "set", "cable", "up").ExitCode);
        await UntilAsync(() => Redis(_east, "10.77.0.1", "GET", "apart") == "7" && Redis(_west, "10.77.0.2", "GET", "apart") == "7", "both have both");

        foreach (Process node in _nodes)
        {
            Assert.Equal(0, Run("kill", "-TERM", node.Id.ToString(provider: null)).ExitCode);
            Assert.True(node.WaitForExit(StopLimit), "the node did not stop");
            Assert.Equal(0, node.ExitCode);
        }
    }

    private void Cable()
    {
        Assert.Equal(0, Run("ip", "link", "add", "cable", "netns", _east, "type", "veth", "peer", "name", "cable", "netns", _west).ExitCode);
        foreach ((string host, string address) in ((string, string)[])[(_east, "10.77.0.1/24"), (_west, "10.77.0.2/24")])
        {
            Assert.Equal(0, Run("ip", "netns", "exec", host, "ip", "addr", "add", address, "dev", "cable").ExitCode);
            Assert.Equal(0, Run("ip", "netns", "exec", host, "ip", "link", "set", "cable", "up").ExitCode);
            Assert.Equal(0, Run("ip", "netns", "exec", host, "ip", "link", "set", "lo", "up").ExitCode);
        }
    }

    private void Start(string host, string name, string yaml)
    {
        string directory = Path.Combine(_scratch, name), config = Path.Combine(directory, "node.yaml");
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "password"), "two-hosts-password\n");
        File.WriteAllText(config, yaml.Replace(DocumentedDirectory, directory, StringComparison.Ordinal));
        string cli = Path.Combine(_root, "artifacts/bin/Cli/release/MultiCloudKv.Cli.dll"), log = Path.Combine(directory, "log");
        _nodes.Add(Process.Start("ip", ["netns", "exec", host, "sh", "-c", $"exec dotnet {cli} node --config {config} >{log} 2>&1 </dev/null"]));
    }

    private static string Redis(string host, string address, params string[] command) =>
        Ask(host, ["redis-cli", "--no-auth-warning", "-h", address, "-p", "7000", "-a", "two-hosts-password", .. command]);

    private static string Ask(string host, params string[] command) => Run(["ip", "netns", "exec", host, .. command]).Output.Trim();

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        long begun = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < ReadyLimit, $"not within {ReadyLimit.TotalSeconds:0} s: {what}\n{string.Join('\n', Directory.EnumerateFiles(_scratch, "log", SearchOption.AllDirectories).SelectMany(log => File.ReadLines(log).TakeLast(40)))}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static (int ExitCode, string Output) Run(params string[] command)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MultiCloudKv.sln")))
            directory = directory.Parent;
        return directory!.FullName;
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();
}
