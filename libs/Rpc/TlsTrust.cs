using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace MultiCloudKv.Rpc;

/// <summary>Whose certificates a client takes: those of one issuer, or, without one, those the system trusts. The name or address that was connected to must be in them.</summary>
/// <remarks>Immutable; thread-safe.</remarks>
public sealed record TlsTrust(X509Certificate2? Authority)
{
    /// <summary>For <see cref="SslClientAuthenticationOptions.RemoteCertificateValidationCallback"/>.</summary>
    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? built, SslPolicyErrors errors)
    {
        if (Authority is null)
            return errors == SslPolicyErrors.None;
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return false;
        using var presented = new X509Certificate2(certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(presented);
    }
}
