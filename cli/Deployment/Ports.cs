using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MultiCloudKv.Cli.Deployment;

/// <summary>Which loopback ports are free, and who has one that isn't.</summary>
internal static class Ports
{
    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    public static bool IsFree(int port)
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            probe.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The first free port from <paramref name="from"/> up to <paramref name="to"/> that isn't in <paramref name="taken"/>, else any free one.</summary>
    public static int Pick(int from, int to, HashSet<int> taken)
    {
        for (int port = from; port <= to; port++)
        {
            if (IsFree(port) && taken.Add(port))
                return port;
        }

        while (true)
        {
            using TcpListener any = new(IPAddress.Loopback, 0);
            any.Start();
            int port = ((IPEndPoint)any.LocalEndpoint).Port;
            if (taken.Add(port))
                return port;
        }
    }

    /// <summary>" by redis-server (pid 12)" where the owner can be seen, else " by another process".</summary>
    public static string Owner(int port)
    {
        HashSet<string> sockets = [.. ListeningInodes(port).Select(inode => $"socket:[{inode}]")];
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            try
            {
                if (Directory.EnumerateFiles(Path.Combine(process, "fd")).Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target)))
                    return $" by {File.ReadAllText(Path.Combine(process, "comm")).Trim()} (pid {Path.GetFileName(process)})";
            }
            catch (Exception notOurs) when (notOurs is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile, or another user's: the next one may be it.
            }
        }

        return " by another process";
    }

    private static IEnumerable<string> ListeningInodes(int port)
    {
        string suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return SocketTables
            .Where(File.Exists)
            .SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[1].EndsWith(suffix, StringComparison.Ordinal) && fields[3] == "0A")
            .Select(fields => fields[9]);
    }
}
