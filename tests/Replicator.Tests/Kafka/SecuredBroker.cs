using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MultiCloudKv.Replicator.Tests.Kafka;

/// <summary>A broker with a listener that wants TLS and a user, r1 or r2, who may do only what is permitted; through another one whoever comes is administrator.</summary>
public sealed class SecuredBroker : IAsyncLifetime
{
    public const string Password = "s3cret-of-all";
    private readonly DirectoryInfo _directory = System.IO.Directory.CreateTempSubdirectory("mckv-kafka-security-");
    private KafkaBroker? _broker;

    public string Directory => _directory.FullName;

    public string AuthorityFile => Path.Combine(Directory, "authority.pem");

    public string Clients { get; private set; } = "";

    public string Administrators => _broker!.Bootstrap;

    /// <summary>Starts nothing where no broker can be started: tests ask <see cref="KafkaBroker.CanStart"/>.</summary>
    public async ValueTask InitializeAsync()
    {
        if (!KafkaBroker.CanStart)
            return;
        string certificate = WriteCertificate();
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

    /// <summary>Writes authority and broker, which are one; returns the broker's file.</summary>
    private string WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string path = Path.Combine(Directory, "broker.pem");
        File.WriteAllText(AuthorityFile, made.ExportCertificatePem());
        File.WriteAllText(path, key.ExportPkcs8PrivateKeyPem() + "\n" + made.ExportCertificatePem());
        return path;
    }
}
