using System.Globalization;
using MultiCloudKv.Rpc.Tests;

namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>A broker with a listener that wants TLS and a user, r1 or r2, who may do only what is permitted; through another one whoever comes is administrator.</summary>
public sealed class SecuredBroker : IAsyncLifetime
{
    public const string Password = "s3cret-of-all";
    private readonly DirectoryInfo _directory = System.IO.Directory.CreateTempSubdirectory("mckv-kafka-security-");
    private KafkaBroker? _broker;

    public string Directory => _directory.FullName;

    public string AuthorityFile => Path.Combine(Directory, "c.pem");

    public string Clients { get; private set; } = "";

    public string Administrators => _broker!.Bootstrap;

    /// <summary>Starts nothing where no broker can be started: tests ask <see cref="KafkaBroker.CanStart"/>.</summary>
    public async ValueTask InitializeAsync()
    {
        if (!KafkaBroker.CanStart)
            return;
        TestCertificate.Write(Directory).Dispose();
        string certificate = Path.Combine(Directory, "broker.pem");
        await File.WriteAllTextAsync(certificate, await File.ReadAllTextAsync(Path.Combine(Directory, "k.pem")) + await File.ReadAllTextAsync(AuthorityFile));
        int port = KafkaBroker.FreePort();
        Clients = $"localhost:{port}";
        _broker = await KafkaBroker.StartAsync(own => string.Create(CultureInfo.InvariantCulture, $"""
            listeners=PLAINTEXT://127.0.0.1:{own},CONTROLLER://127.0.0.1:{own + 1},CLIENTS://127.0.0.1:{port}
            advertised.listeners=PLAINTEXT://127.0.0.1:{own},CLIENTS://{Clients}
            listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENTS:SASL_SSL
            inter.broker.listener.name=PLAINTEXT
            listener.name.clients.ssl.keystore.type=PEM
            listener.name.clients.ssl.keystore.location={certificate}
            listener.name.clients.sasl.enabled.mechanisms=PLAIN
            listener.name.clients.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_r1="{Password}" user_r2="{Password}";
            authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
            super.users=User:ANONYMOUS
            """));
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
