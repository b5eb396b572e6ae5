using System.Diagnostics;
using System.Globalization;
using System.Text;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Foundation;
using MultiCloudKv.Rpc;
using MultiCloudKv.Rpc.Messages;

namespace MultiCloudKv.Cli.Verification;

/// <summary>
/// Compares all regions while traffic flows.
/// 1. Every region's digest per slot: slots that agree in all regions are done.
/// 2. Of the others, every key's digest: keys that agree are done, whatever happens to them later.
/// 3. What differs may only be in flight: it is compared again, slot by slot, until it agreed once or the deadline passed.
/// A digest covers values, expiries, siblings and stamps, so two regions that agree on a key took the same changes to it.
/// A key is never compared in one direction only: the candidates are the union of what the regions hold.
/// </summary>
internal sealed class Verifier(IReadOnlyList<NodeClient> regions)
{
    private const int LastSlot = 16383;
    private const int DifferencesShown = 100;
    private static readonly TimeSpan BetweenPasses = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, long> _keys = new(StringComparer.Ordinal);
    private int _slotsCompared;

    /// <exception cref="EnvironmentException">A region doesn't answer: equality is then not known.</exception>
    public async Task<VerifyReport> RunAsync(TimeSpan limit, CancellationToken stop)
    {
        long begun = Stopwatch.GetTimestamp();
        SortedSet<int> open = await DifferingSlotsAsync(stop).ConfigureAwait(false);
        int descended = open.Count, passes = 1;
        Dictionary<int, Dictionary<string, KeyDifference>> candidates = [];
        while (open.Count > 0)
        {
            await CompareKeysAsync(open, candidates, stop).ConfigureAwait(false);
            if (open.Count == 0 || Stopwatch.GetElapsedTime(begun) > limit)
                break;
            passes++;
            await Task.Delay(BetweenPasses, stop).ConfigureAwait(false);
        }

        List<KeyDifference> left = [.. candidates.Values.SelectMany(slot => slot.Values)];
        return new VerifyReport(left.Count == 0, _keys, _slotsCompared, descended, passes, Math.Round(Stopwatch.GetElapsedTime(begun).TotalSeconds, 2), left.Count, [.. left.Take(DifferencesShown)]);
    }

    private async Task<SortedSet<int>> DifferingSlotsAsync(CancellationToken stop)
    {
        List<VerifyReply>[] all = await AskAsync(0, LastSlot, VerifyDetail.Slots, stop).ConfigureAwait(false);
        Dictionary<int, List<ulong>> bySlot = [];
        for (int index = 0; index < all.Length; index++)
        {
            _keys[regions[index].Region.Name] = all[index].Sum(reply => (long)reply.Keys);
            foreach (VerifyReply reply in all[index].Where(reply => reply.Keys > 0))
            {
                if (!bySlot.TryGetValue((int)reply.Slot, out List<ulong>? digests))
                    bySlot[(int)reply.Slot] = digests = [];
                digests.Add(reply.Digest);
            }
        }

        _slotsCompared = bySlot.Count;
        return [.. bySlot.Where(slot => slot.Value.Count != regions.Count || slot.Value.Distinct().Count() > 1).Select(slot => slot.Key)];
    }

    /// <summary>One pass over the open slots; a slot with nothing left in it is closed.</summary>
    private async Task CompareKeysAsync(SortedSet<int> open, Dictionary<int, Dictionary<string, KeyDifference>> candidates, CancellationToken stop)
    {
        foreach ((int first, int last) in Ranges(open))
        {
            List<VerifyReply>[] all = await AskAsync(first, last, VerifyDetail.Keys, stop).ConfigureAwait(false);
            for (int slot = first; slot <= last; slot++)
            {
                if (!open.Contains(slot))
                    continue;
                Dictionary<string, KeyDifference> differing = Differences(slot, all);
                if (candidates.TryGetValue(slot, out Dictionary<string, KeyDifference>? before))
                {
                    foreach (string agreed in differing.Keys.Where(key => !before.ContainsKey(key)).ToList())
                        differing.Remove(agreed);
                }

                candidates[slot] = differing;
                if (differing.Count == 0)
                {
                    candidates.Remove(slot);
                    open.Remove(slot);
                }
            }
        }
    }

    private Dictionary<string, KeyDifference> Differences(int slot, List<VerifyReply>[] all)
    {
        Dictionary<string, Dictionary<string, ulong>> byKey = new(StringComparer.Ordinal);
        for (int index = 0; index < all.Length; index++)
        {
            foreach (KeyDigest digest in all[index].Where(reply => reply.Slot == slot).SelectMany(reply => reply.KeyDigests))
            {
                string identity = digest.Namespace.ToString(CultureInfo.InvariantCulture) + "/" + Convert.ToHexString(digest.Key.Span);
                if (!byKey.TryGetValue(identity, out Dictionary<string, ulong>? digests))
                    byKey[identity] = digests = new Dictionary<string, ulong>(StringComparer.Ordinal);
                digests[regions[index].Region.Name] = digest.Digest;
            }
        }

        Dictionary<string, KeyDifference> differing = new(StringComparer.Ordinal);
        foreach ((string identity, Dictionary<string, ulong> digests) in byKey.Where(key => key.Value.Count != regions.Count || key.Value.Values.Distinct().Count() > 1))
        {
            string[] parts = identity.Split('/');
            Dictionary<string, string?> shown = regions.ToDictionary(
                region => region.Region.Name,
                region => digests.TryGetValue(region.Region.Name, out ulong digest) ? digest.ToString("x16", CultureInfo.InvariantCulture) : null);
            differing[identity] = new KeyDifference(slot, uint.Parse(parts[0], CultureInfo.InvariantCulture), Encoding.UTF8.GetString(Convert.FromHexString(parts[1])), shown);
        }

        return differing;
    }

    private async Task<List<VerifyReply>[]> AskAsync(int first, int last, VerifyDetail detail, CancellationToken stop)
    {
        try
        {
            return await Task.WhenAll(regions.Select(region => region.DigestsAsync(first, last, detail, stop))).ConfigureAwait(false);
        }
        catch (RpcException failure)
        {
            throw new EnvironmentException($"a region could not be asked, so nothing is known: {failure.Message}", failure);
        }
    }

    /// <summary>Neighbouring slots as one range, so that a difference everywhere isn't sixteen thousand calls.</summary>
    private static List<(int First, int Last)> Ranges(SortedSet<int> slots)
    {
        const int together = 256;
        List<(int First, int Last)> ranges = [];
        foreach (int slot in slots)
        {
            if (ranges.Count > 0 && slot - ranges[^1].Last <= 4 && slot - ranges[^1].First < together)
                ranges[^1] = (ranges[^1].First, slot);
            else
                ranges.Add((slot, slot));
        }

        return ranges;
    }
}
