using MultiCloudKv.Foundation;

namespace MultiCloudKv.Merge.Tests.Simulation;

/// <summary>The slots a simulation uses, their partitions, and the keys that fall into them.</summary>
internal sealed class Place
{
    private Place(string[] tags)
    {
        Slots = [.. tags.Select(SlotOf).Distinct()];
        Partitions = [.. Slots.Select(PartitionOf).Distinct()];
    }

    public int[] Slots { get; }

    public int[] Partitions { get; }

    public List<string> Keys { get; } = [];

    /// <summary>One slot, or two in one partition, or three in two.</summary>
    public static Place Make(int slots, int keysEach)
    {
        string[] tags = [.. new[] { "a", Mate("a", true), Mate("a", false) }.Take(slots)];
        var place = new Place(tags);
        foreach (string tag in tags)
        {
            for (int i = 0; i < keysEach; i++)
                place.Keys.Add($"{{{tag}}}{i}");
        }

        return place;
    }

    public static int SlotOf(string key) => Foundation.Slots.Of(System.Text.Encoding.Latin1.GetBytes(key));

    public static int PartitionOf(int slot) => slot / (Foundation.Slots.Count / Foundation.Partitions.Default);

    private static string Mate(string tag, bool samePartition)
    {
        int slot = SlotOf(tag);
        for (int i = 0; ; i++)
        {
            int other = SlotOf($"t{i}");
            if (other != slot && PartitionOf(other) == PartitionOf(slot) == samePartition)
                return $"t{i}";
        }
    }
}
