namespace MultiCloudKv.Cli.Bench;

/// <summary>How much a bench run measures.</summary>
internal sealed record BenchOptions
{
    /// <summary>Short runs, one round: whether all of it works, not figures to quote.</summary>
    public bool Quick { get; init; }

    /// <summary>Names of stages to run; empty: all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>east=H:P,west=H:P of running brokers, or null.</summary>
    public string? Kafka { get; init; }

    /// <summary>Further configuration keys of the nodes, KEY=VALUE.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    public long Keys => Quick ? 100_000 : 1_000_000;

    public int Rounds => Quick ? 1 : 7;

    /// <summary>Of a row that has no bar to be held against.</summary>
    public int RoundsWithoutBar => Quick ? 1 : 3;

    public double RowSeconds => Quick ? 1 : 2.5;

    public double ReplicationSeconds => Quick ? 5 : 60;

    /// <summary>Of redis-server, before and after ours.</summary>
    public double ReplicationRedisSeconds => Quick ? 5 : 10;

    /// <summary>Of replication at pipeline 1, where the bar is close to what redis-server does: both in turn.</summary>
    public int ReplicationRounds => Quick ? 1 : 13;

    public double ReplicationRoundSeconds => Quick ? 2 : 5;

    /// <summary>Longer than an epoch's age.</summary>
    public double LagSeconds => Quick ? 5 : 35;

    public int SilenceRounds => Quick ? 1 : 7;

    public int LagRounds => Quick ? 1 : 3;

    public int AwayRounds => Quick ? 1 : 3;

    /// <summary>Load before lag is measured: until the code of the measured paths has been compiled.</summary>
    public double LagWarmupSeconds => Quick ? 2 : 60;

    /// <summary>The same through a broker, whose code takes longer.</summary>
    public double BrokerWarmupSeconds => Quick ? 2 : 90;

    public double AwaySeconds => Quick ? 3 : 10;
}
