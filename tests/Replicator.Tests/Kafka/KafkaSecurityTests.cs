using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MultiCloudKv.Foundation;
using MultiCloudKv.Replicator.Tests.Support;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>
/// What docs/operating/kafka.md says, against a broker that lets nobody in without TLS and a user, and users do only what they are permitted.
/// The test itself goes through another listener, as an administrator.
/// </summary>
public sealed class KafkaSecurityTests(SecuredBroker broker) : IClassFixture<SecuredBroker>
{
    [Fact]
    public async Task RegionsWithUsersOverTls_PermittedWhatTheDocumentSays_ShipApplyAndTakeBack()
    {
        await using TestSystem system = Make();
        await PermitAsync(system.Cluster);
        await system.StartAsync();
        await system.LinkedAsync();
        for (int i = 0; i < 200; i++)
        {
            system.A.Engine.Write("from a"u8, i * 80);
            system.B.Engine.Write("from b"u8, i * 80);
        }

        await system.ConvergedAsync(system.A, system.B);
        await system.ConvergedAsync(system.B, system.A);
        foreach (TestRegion region in system.Regions)
            await TestSystem.EventuallyAsync(() => region.Status.Alarms.Count == 0, () => region.Status.ToString());

        string copy = system.A.CopyBinlog();
        await system.B.SetLinkAsync(system.A, paused: true);
        await TestSystem.EventuallyAsync(() => system.B.Status.Origins[0].State == LinkState.Paused);
        for (int i = 0; i < 30; i++)
            system.A.Engine.Write("in the topic alone"u8, i * 90);
        long end = system.A.Engine.Log.Committed;
        await TestSystem.EventuallyAsync(() => system.A.Status.ShippedPosition >= end);
        await system.A.StopNodeAsync();
        system.A.RestoreBinlog(copy);
        await system.A.StartNodeAsync();
        await system.WritableAsync();
        Assert.Contains("took back 30", system.A.Engine.WritableReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongPassword_AlarmAndLinkSayWhy_AndTheRightOneNeedsNoRestart()
    {
        await using TestSystem system = Make();
        await PermitAsync(system.Cluster);
        await system.StartAsync();
        await system.LinkedAsync();
        await system.A.StopReplicatorAsync();
        WriteProperties("wrong");
        system.A.StartReplicator();
        await TestSystem.EventuallyAsync(
            () => system.A.Replicator!.Service?.Status().Origins.FirstOrDefault()?.Reason.Contains("Authentication failed", StringComparison.Ordinal) ?? false,
            () => system.A.Replicator!.Service?.Status().ToString() ?? "");
        await TestSystem.EventuallyAsync(
            () => system.A.Status.Alarms.Any(a => a.Contains("nothing is shipped", StringComparison.Ordinal) && a.Contains("Authentication failed", StringComparison.Ordinal)),
            () => system.A.Status.ToString());
        Assert.DoesNotContain("wrong", system.A.Status.ToString(), StringComparison.Ordinal);

        WriteProperties(SecuredBroker.Password);
        system.A.Engine.Write("after"u8, 1);
        await system.ConvergedAsync(system.A, system.B);
        await TestSystem.EventuallyAsync(() => system.A.Status.Alarms.Count == 0, () => system.A.Status.ToString());
    }

    [Fact]
    public async Task UserWithoutPermissionToRead_LinkSaysSo_AndWithItNeedsNoRestart()
    {
        await using TestSystem system = Make();
        await PermitAsync(system.Cluster, read: false);
        foreach (TestRegion region in system.Regions)
            await region.StartAsync();
        await TestSystem.EventuallyAsync(
            () => system.B.Replicator!.Service?.Status().Origins.FirstOrDefault()?.Reason.Contains("authorization failed", StringComparison.OrdinalIgnoreCase) ?? false,
            () => system.B.Replicator!.Service?.Status().ToString() ?? "");
        await PermitAsync(system.Cluster);
        await system.LinkedAsync();
    }

    [Fact]
    public async Task PropertiesTheLibraryRefuses_KeepTheReplicatorFromStarting()
    {
        await using TestSystem system = Make();
        await system.A.StartNodeAsync();
        await File.WriteAllTextAsync(PropertiesFile("r1"), "security.protocol=SSL\nssl.ca.location=/not/there.pem\n", TestContext.Current.CancellationToken);
        system.A.StartReplicator();
        EnvironmentException refused = await Assert.ThrowsAsync<EnvironmentException>(() => system.A.Running.WaitAsync(TestSystem.Patience));
        Assert.StartsWith("kafka.client-properties of region 'r1': ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ssl.ca.location", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, refused.ExitCode);
    }

    private string PropertiesFile(string region) => Path.Combine(broker.Directory, region + ".properties");

    private TestSystem Make()
    {
        Assert.SkipWhen(!KafkaBroker.CanStart, KafkaBroker.NeedsOwn);
        var system = new TestSystem { Cluster = KafkaSystem.NewCluster() };
        WriteProperties(SecuredBroker.Password);
        foreach (TestRegion region in system.Regions)
        {
            // Each region is one user with all clusters, which here are one.
            string file = PropertiesFile(region.Name);
            region.ExtraConfig = KafkaSystem.Configuration(broker.Clients) + $"  client-properties: {{r1: {file}, r2: {file}}}\n";
        }

        return system;
    }

    private void WriteProperties(string password)
    {
        foreach (string user in (string[])["r1", "r2"])
        {
            File.WriteAllText(PropertiesFile(user), $"""
                security.protocol=SASL_SSL
                ssl.ca.location={broker.AuthorityFile}
                sasl.mechanism=PLAIN
                sasl.username={user}
                sasl.password={password}
                broker.address.family=v4
                """);
        }
    }

    /// <summary>The table of the document; returns when the broker goes by it, which is later than when it is told.</summary>
    private async Task PermitAsync(string cluster, bool read = true)
    {
        using IAdminClient admin = KafkaSystem.Admin(broker.Administrators);
        List<AclBinding> permitted = [];
        foreach ((string user, string peer) in ((string, string)[])[("r1", "r2"), ("r2", "r1")])
        {
            AclOperation[] own = [AclOperation.Create, AclOperation.Write, AclOperation.Read, AclOperation.Describe, AclOperation.DescribeConfigs];
            AclOperation[] others = read ? [AclOperation.Read, AclOperation.Describe] : [];
            permitted.AddRange([.. own.Select(o => Permit(user, user, o)), .. others.Select(o => Permit(user, peer, o))]);
        }

        await admin.CreateAclsAsync(permitted);
        var all = new AclBindingFilter
        {
            PatternFilter = new ResourcePatternFilter { Type = ResourceType.Topic, ResourcePatternType = ResourcePatternType.Any },
            EntryFilter = new AccessControlEntryFilter { Operation = AclOperation.Any, PermissionType = AclPermissionType.Any },
        };
        await TestSystem.EventuallyAsync(() => !permitted.Except(admin.DescribeAclsAsync(all).GetAwaiter().GetResult().AclBindings).Any());

        AclBinding Permit(string user, string region, AclOperation operation) => new()
        {
            Pattern = new ResourcePattern { Type = ResourceType.Topic, ResourcePatternType = ResourcePatternType.Prefixed, Name = $"mckv.{cluster}.{region}." },
            Entry = new AccessControlEntry { Principal = $"User:{user}", Host = "*", Operation = operation, PermissionType = AclPermissionType.Allow },
        };
    }
}
