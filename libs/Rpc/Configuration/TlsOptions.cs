using System.Security.Cryptography.X509Certificates;

namespace MultiCloudKv.Rpc.Configuration;

/// <summary>Certificates of this node's ports, PEM files.</summary>
public sealed class TlsOptions
{
    public string? CertificateFile { get; internal set; }

    public string? KeyFile { get; internal set; }

    /// <summary>The issuer peers' certificates must come from.</summary>
    public string? AuthorityFile { get; internal set; }

    public bool Enabled => CertificateFile is not null;

    public X509Certificate2? LoadCertificate() =>
        CertificateFile is null ? null : X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile);

    /// <summary>For who connects to ports of this system that speak TLS; null: they don't.</summary>
    public TlsTrust? LoadTrust() =>
        Enabled ? new TlsTrust(AuthorityFile is null ? null : X509CertificateLoader.LoadCertificateFromFile(AuthorityFile)) : null;
}
