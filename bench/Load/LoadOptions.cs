using MultiCloudKv.Foundation;

namespace MultiCloudKv.Load;

/// <summary>One load, as the command line gave it.</summary>
internal sealed record LoadOptions
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public string? Password { get; init; }

    /// <summary>Kinds with weights that add up to 100.</summary>
    public required IReadOnlyList<(CommandKind Kind, int Percent)> Mix { get; init; }

    public int Connections { get; init; } = 50;

    public int Threads { get; init; } = 1;

    public int Pipeline { get; init; } = 1;

    public long KeySpace { get; init; } = 1_000_000;

    public int ValueBytes { get; init; } = 128;

    public bool OneKey { get; init; }

    /// <summary>Every number of the key space once, in order, instead of a time.</summary>
    public bool Fill { get; init; }

    /// <summary>Not measured, before the measured time; where two servers are loaded in turn, at the start of each slice.</summary>
    public TimeSpan Warmup { get; init; }

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The measured part of a server's turn where two are loaded in turn.</summary>
    public TimeSpan Slice { get; init; } = TimeSpan.FromSeconds(0.25);

    /// <summary>Commands per second over all threads; 0 = as many as the server answers.</summary>
    public double Rate { get; init; }

    /// <summary>What the threads of the load are bound to; null: nothing.</summary>
    public ProcessorSet? Processors { get; init; }

    /// <summary>Whether stops of processors are watched for; see <see cref="StopWitness"/>.</summary>
    public bool Witness { get; init; }

    public ulong Seed { get; init; } = 1;
}
