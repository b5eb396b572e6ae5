using MultiCloudKv.Replicator.Ship;
using MultiCloudKv.Replicator.Transports;

namespace MultiCloudKv.Replicator;

/// <summary>Makes the transport a replicator uses; tests put a faulty one around it.</summary>
public delegate ITransport TransportFactory(TransportParts parts);
