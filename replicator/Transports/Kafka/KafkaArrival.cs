using Confluent.Kafka;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>A message as it was consumed, and the reader it is of.</summary>
internal readonly record struct KafkaArrival(KafkaReader Reader, ConsumeResult<Ignore, byte[]> Result);
