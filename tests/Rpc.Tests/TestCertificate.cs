using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MultiCloudKv.Rpc.Tests;

/// <summary>A certificate of localhost and 127.0.0.1 that is its own issuer, good for a day.</summary>
internal static class TestCertificate
{
    public static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>Writes one to c.pem and its key to k.pem.</summary>
    public static X509Certificate2 Write(string directory)
    {
        X509Certificate2 made = Make();
        using ECDsa key = made.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(directory, "c.pem"), made.ExportCertificatePem() + "\n");
        File.WriteAllText(Path.Combine(directory, "k.pem"), key.ExportPkcs8PrivateKeyPem() + "\n");
        return made;
    }
}
