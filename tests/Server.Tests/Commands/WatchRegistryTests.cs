using System.Text;
using MultiCloudKv.Foundation;
using MultiCloudKv.Server.Commands;

namespace MultiCloudKv.Server.Tests.Commands;

public sealed class WatchRegistryTests
{
    private readonly WatchRegistry _registry = new();

    [Fact]
    public void KeyTouched_Watched_MarksItsWatchersOnly()
    {
        ClientState one = Client(1);
        ClientState two = Client(2);
        Watch(one, "a", existed: true);
        Watch(two, "b", existed: true);
        Touch("a");
        Assert.True(one.WatchBroken);
        Assert.False(two.WatchBroken);
    }

    [Fact]
    public void SlotCleared_KeyThatDidNotExist_ChangesNothingForItsWatcher()
    {
        ClientState present = Client(1);
        ClientState absent = Client(2);
        Watch(present, "{s}a", existed: true);
        Watch(absent, "{s}b", existed: false);
        _registry.SlotCleared(Slots.Of("{s}a"u8));
        Assert.True(present.WatchBroken);
        Assert.False(absent.WatchBroken);
    }

    [Fact]
    public void Unwatch_LastWatcherOfASlot_LeavesNothingBehind()
    {
        ClientState one = Client(1);
        ClientState two = Client(2);
        Watch(one, "a", existed: true);
        Watch(one, "a", existed: true);
        Watch(two, "a", existed: true);
        Assert.Single(one.Watched);
        one.Unwatch(_registry);
        Touch("a");
        Assert.False(one.WatchBroken);
        Assert.True(two.WatchBroken);
        Assert.True(_registry.IsWatched(Slots.Of("a"u8)));
        two.Unwatch(_registry);
        Assert.False(_registry.IsWatched(Slots.Of("a"u8)));
        Assert.False(two.WatchBroken);
    }

    private static ClientState Client(long id) => new(id, "127.0.0.1:1", "127.0.0.1:2", 0);

    private void Watch(ClientState client, string key, bool existed)
    {
        byte[] name = Encoding.ASCII.GetBytes(key);
        client.Watch(_registry, new WatchedKey(name, Slots.Of(name), existed, long.MaxValue));
    }

    private void Touch(string key)
    {
        byte[] name = Encoding.ASCII.GetBytes(key);
        _registry.KeyTouched(Slots.Of(name), name);
    }
}
