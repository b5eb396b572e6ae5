namespace MultiCloudKv.Merge.State;

/// <summary>How a <see cref="Number"/> is kept. Stored and shipped: numbers are append-only and pinned by a test.</summary>
public enum NumberKind : byte
{
    /// <summary>Integer that fits 64 bits.</summary>
    Integer = 0,

    /// <summary>Integer beyond 64 bits.</summary>
    WideInteger = 1,

    /// <summary>Up to 28 digits, exact.</summary>
    Decimal = 2,

    Double = 3,
}
