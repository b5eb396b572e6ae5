using System.Net;
using System.Security.Cryptography.X509Certificates;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Server.Network;

/// <summary>Where clients connect.</summary>
/// <param name="Threads">Threads that serve plain connections, each its own share of them.</param>
/// <param name="Processors">What those threads are bound to; null: they are not.</param>
/// <param name="Certificate">Clients must speak TLS; null for plain text.</param>
internal sealed record RespServerOptions(IPEndPoint Listen, int Threads, ProcessorSet? Processors = null, X509Certificate2? Certificate = null);
