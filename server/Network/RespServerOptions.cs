using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace MultiCloudKv.Server.Network;

/// <summary>Where clients connect.</summary>
/// <param name="Threads">Threads that serve plain connections, each its own share of them.</param>
/// <param name="Certificate">Clients must speak TLS; null for plain text.</param>
internal sealed record RespServerOptions(IPEndPoint Listen, int Threads, X509Certificate2? Certificate = null);
