using System.Globalization;
using System.Text;
using MultiCloudKv.Cli.Remote;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Demo;

/// <summary>
/// One transaction of the demo, and how to find out afterwards whether it took effect: a client whose server was killed
/// doesn't know what became of the commands it has no answer for, and a counter must not be raised twice.
/// </summary>
/// <param name="Commands">The commands between MULTI and EXEC.</param>
/// <param name="Evidence">A command that answers 1 exactly if the transaction took effect: each writes something unique.</param>
/// <param name="Changes">Element changes it makes.</param>
/// <param name="Groups">Hash slots it touches: what it counts for in the sequences of the binlog.</param>
/// <param name="Counter">The counter it raises by one, or null.</param>
/// <param name="Set">The set it puts a member into, or null.</param>
internal sealed record DemoItem(IReadOnlyList<string[]> Commands, string[] Evidence, int Changes, int Groups, string? Counter, string? Set)
{
    public static DemoItem ForPath(int loop, string directory, string member)
    {
        string set = string.Create(CultureInfo.InvariantCulture, $"files:{loop}:{directory}"), counter = "count:" + directory;
        return new DemoItem([["SADD", set, member], ["INCR", counter]], ["SISMEMBER", set, member], 2, CountSlots(set, counter), counter, set);
    }

    public static DemoItem ForPackage(int loop, DebianPackage package)
    {
        string hash = string.Create(CultureInfo.InvariantCulture, $"package:{loop}:{package.Name}");
        string depends = string.Create(CultureInfo.InvariantCulture, $"depends:{loop}:{package.Name}");
        string sizes = string.Create(CultureInfo.InvariantCulture, $"by-size:{loop}");
        List<string[]> commands =
        [
            ["HSET", hash, .. package.Fields.SelectMany(field => (string[])[field.Key, field.Value])],
            ["ZADD", sizes, package.InstalledKiB.ToString(CultureInfo.InvariantCulture), package.Name],
        ];
        List<string> keys = [hash, sizes];
        if (package.Dependencies.Count > 0)
        {
            commands.Add(["SADD", depends, .. package.Dependencies]);
            keys.Add(depends);
        }

        return new DemoItem(commands, ["EXISTS", hash], package.Fields.Count + 1 + package.Dependencies.Count, CountSlots([.. keys]), null, null);
    }

    public void Append(RespConnection connection)
    {
        connection.Append("MULTI");
        foreach (string[] command in Commands)
            connection.Append(command);
        connection.Append("EXEC");
    }

    /// <summary>Reads all replies of the transaction.</summary>
    /// <exception cref="EnvironmentException">The server refused it.</exception>
    public void ReadReplies(RespConnection connection)
    {
        for (int reply = 0; reply < Commands.Count + 1; reply++)
            Check(connection.Read());
        RespValue executed = connection.Read();
        Check(executed);
        foreach (RespValue inner in executed.Items)
            Check(inner);
    }

    public static int CountSlots(params IReadOnlyList<string> keys) =>
        keys.Select(key => Slots.Of(Encoding.UTF8.GetBytes(key))).Distinct().Count();

    private static void Check(RespValue reply)
    {
        if (reply.IsError)
            throw new EnvironmentException("a write was refused: " + reply.Text, ExitCodes.Failed);
    }
}
