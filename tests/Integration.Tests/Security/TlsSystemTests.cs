using System.Security.Cryptography.X509Certificates;
using MultiCloudKv.Cli;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Foundation;
using MultiCloudKv.Integration.Tests.Harness;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Tests;

namespace MultiCloudKv.Integration.Tests.Security;

/// <summary>Two regions whose ports all speak TLS and want the password, and the tools that find them by their directory.</summary>
public sealed class TlsSystemTests : IDisposable
{
    private const string Password = "of-every-port";
    private readonly string _directory = Directory.CreateTempSubdirectory("mckv-tls-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task EveryPortWithTlsAndPassword_RegionsReplicateAndTheToolsReachThem()
    {
        TestCertificate.Write(_directory).Dispose();
        string passwordFile = Path.Combine(_directory, "password");
        await File.WriteAllTextAsync(passwordFile, Password, Stop);
        string certificate = Path.Combine(_directory, "c.pem");
        await using TestSystem system = TestSystem.Plan(
            "east,west",
            passwordFile,
            [.. TestSystem.SmallParts, $"tls.certificate={certificate}", $"tls.key={Path.Combine(_directory, "k.pem")}", $"tls.authority={certificate}", "client.tls=yes", "admin.tls=yes"]);
        await system.StartAllAsync();
        RegionState east = system[0], west = system[1];
        RegionAccess access = RegionAccess.Of(system.State, east);
        using (RespConnection client = new(east.ClientPort, Password, tls: access.Client))
            Assert.Equal("OK", client.Ask("SET", "k", "v").Text);
        await system.ConvergedAsync();
        using (RespConnection client = new(west.ClientPort, Password, tls: access.Client))
            Assert.Equal("v", client.Ask("GET", "k").Text);

        foreach (string verb in (string[])["status", "lag", "verify", "conflicts k", "link pause --from east --to west", "link resume --from east --to west"])
            Command.Must(SourceTree.Executable("Cli"), [.. verb.Split(' '), "--data", system.State.Directory]);

        // Another issuer's certificate, clear text, and a missing password get nowhere.
        using X509Certificate2 stranger = TestCertificate.Make();
        var distrusting = new TlsTrust(stranger);
        EnvironmentException refused = Assert.Throws<EnvironmentException>(() => new RespConnection(east.ClientPort, Password, tls: distrusting));
        Assert.StartsWith($"no TLS with 127.0.0.1:{east.ClientPort}", refused.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => new RespConnection(east.ClientPort, Password).Dispose());
        using NodeClient wrongIssuer = new(east, new RegionAccess(Password, distrusting, distrusting)), clear = new(east, new RegionAccess(Password)), unknown = new(east, access with { Password = null });
        foreach (NodeClient client in (NodeClient[])[wrongIssuer, clear])
        {
            Assert.NotNull((await client.ServerStatusAsync(Stop)).Reason);
            Assert.NotNull((await client.ReplicatorStatusAsync(Stop)).Reason);
            Assert.NotNull(await client.PageAsync(east.AdminPort, "healthz", Stop));
            Assert.NotNull(await client.PageAsync(east.ReplicatorAdminPort, "healthz", Stop));
        }

        Assert.Contains("password", (await unknown.ServerStatusAsync(Stop)).Reason, StringComparison.Ordinal);
        Assert.Contains("password", (await unknown.ReplicatorStatusAsync(Stop)).Reason, StringComparison.Ordinal);
        Assert.Contains("password", await unknown.PageAsync(east.AdminPort, "metrics", Stop), StringComparison.Ordinal);
        Assert.Contains("password", await unknown.PageAsync(east.ReplicatorAdminPort, "metrics", Stop), StringComparison.Ordinal);
    }
}
