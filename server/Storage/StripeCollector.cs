using MultiCloudKv.Merge.Collection;

namespace MultiCloudKv.Server.Storage;

/// <summary>A collector with the effects it reports to, for one thread.</summary>
internal sealed class StripeCollector
{
    public StripeCollector(Engine engine)
    {
        Effects = engine.NewEffects();
        Collector = new Collector(engine.Vectors, Effects);
    }

    public StripeEffects Effects { get; }

    public Collector Collector { get; }
}
