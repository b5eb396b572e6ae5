using System.Security.Cryptography;
using MultiCloudKv.Cli.Deployment;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Configuration;

namespace MultiCloudKv.Cli.Remote;

/// <summary>What it takes to be let in at a region's ports: the password, and for each kind of port whose certificates to take; null: clear text.</summary>
internal sealed record RegionAccess(string? Password, TlsTrust? Rpc = null, TlsTrust? Admin = null, TlsTrust? Client = null)
{
    /// <summary>Read off the region's configuration.</summary>
    /// <exception cref="EnvironmentException">The password or the issuer's certificate can't be read.</exception>
    public static RegionAccess Of(SystemState system, RegionState region, string? passwordFile = null)
    {
        string? password = system.ReadPassword(passwordFile);
        NodeConfig config = NodeConfigLoader.Parse(NodeConfigFile.Text(system, region), system.ConfigOf(region));
        try
        {
            TlsTrust? trust = config.Tls.LoadTrust();
            return new RegionAccess(password, trust, config.AdminTls ? trust : null, config.Client.Tls ? trust : null);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new EnvironmentException($"tls.authority can't be read: {unreadable.Message}", unreadable);
        }
    }
}
