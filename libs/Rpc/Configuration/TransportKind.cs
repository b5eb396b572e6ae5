namespace MultiCloudKv.Rpc.Configuration;

/// <summary>How changes travel between regions.</summary>
public enum TransportKind
{
    /// <summary>Peers pull from this region's binlog files.</summary>
    Direct = 0,

    /// <summary>Through the regions' Kafka clusters.</summary>
    Kafka = 1,
}
