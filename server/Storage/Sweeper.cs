using Microsoft.Extensions.Logging;
using MultiCloudKv.Foundation;
using MultiCloudKv.Server.Storage.Cache;

namespace MultiCloudKv.Server.Storage;

/// <summary>
/// Two duties over the stripes, on one background thread. <b>Expiry</b>: a key whose time has come is taken out of the key
/// count at once (it is hidden from readers by its time anyway). <b>Collection</b>: what no region can still need (floors,
/// contexts, emptied and expired keys) goes, by the rules of the <see cref="Collector"/>. Neither is logged or shipped: each
/// region does it by itself, and replay does it again.
/// <para>
/// Steps of a round: for each stripe with something due, take it, hide what has expired, refill its expiry heap, let it go;
/// then visit the marked slots, a bounded number of keys a visit, stripe by stripe.
/// </para>
/// </summary>
/// <remarks>One thread; stripes are held for at most <see cref="KeysPerVisit"/> keys. A failure stops the node.</remarks>
internal sealed partial class Sweeper : IDisposable
{
    private const int KeysPerVisit = 256;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Engine _engine;
    private readonly ILogger _log;
    private readonly ManualResetEventSlim _stop = new(initialState: false, spinCount: 0);
    private readonly Thread _thread;

    public Sweeper(Engine engine, ILogger log)
    {
        _engine = engine;
        _log = log;
        _thread = new Thread(Run) { IsBackground = true, Name = "sweeper" };
    }

    public void Start() => _thread.Start();

    public void Dispose()
    {
        _stop.Set();
        if (_thread.IsAlive)
            _thread.Join();
        _stop.Dispose();
    }

    /// <summary>Takes every key that has expired by now out of the count. Called before a count is told.</summary>
    public void HideDue(long nowMs)
    {
        for (int i = 0; i < RecordCache.StripeCount; i++)
        {
            if (_engine.Expiries.NextDueMs(i) <= nowMs)
                HideDue(_engine.Cache[i], nowMs, new StripeCollector(_engine));
        }
    }

    private void HideDue(Stripe stripe, long nowMs, StripeCollector by)
    {
        stripe.Enter();
        try
        {
            stripe.EnterEpoch(_engine.Epoch);
            stripe.Store.Begin(null);
            by.Effects.Stripe = stripe;
            _engine.Expiries.Refill(stripe.Index, nowMs);
            while (_engine.Expiries.TryTakeDue(stripe.Index, nowMs, out int slot, out uint ns, out byte[] key))
            {
                long expiry = by.Collector.Hide(stripe.Store, slot, ns, key, nowMs);
                if (expiry <= nowMs)
                    _engine.Pending.Mark(slot);
            }
        }
        finally
        {
            stripe.Exit();
        }
    }

    private void Run()
    {
        var by = new StripeCollector(_engine);
        try
        {
            while (!_stop.Wait(Pause))
            {
                long now = _engine.Clock.NowMs;
                for (int i = 0; i < RecordCache.StripeCount && !_stop.IsSet; i++)
                {
                    if (_engine.Expiries.NextDueMs(i) <= now)
                        HideDue(_engine.Cache[i], now, by);
                }

                if (_engine.KnowledgeRose())
                    CollectMarked(by);
            }
        }
        catch (Exception e)
        {
            LogFailed(e);
            _engine.Stop(e);
        }
    }

    private void CollectMarked(StripeCollector by)
    {
        for (int word = 0; word < Slots.Count / 64 && !_stop.IsSet; word++)
        {
            if (!_engine.Pending.AnyIn(word))
                continue;
            for (int slot = word * 64; slot < (word + 1) * 64; slot++)
            {
                if (_engine.Pending.IsMarked(slot))
                    Collect(slot, by);
            }
        }
    }

    private void Collect(int slot, StripeCollector by)
    {
        Stripe stripe = _engine.Cache.OfSlot(slot);
        stripe.Enter();
        try
        {
            stripe.EnterEpoch(_engine.Epoch);
            stripe.Store.Begin(null);
            by.Effects.Stripe = stripe;
            _engine.Pending.Unmark(slot);
            _engine.Vectors.CollectCleared(slot);
            int visited = by.Collector.CollectSlot(stripe.Store, slot, _engine.Clock.NowMs, KeysPerVisit);
            if (visited > 0)
                _engine.Pending.Mark(slot);
        }
        finally
        {
            stripe.Exit();
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "sweeping failed; the node stops")]
    private partial void LogFailed(Exception reason);
}
