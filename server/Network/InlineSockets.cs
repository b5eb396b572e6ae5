namespace MultiCloudKv.Server.Network;

/// <summary>
/// Lets completions of the runtime's own sockets (RPC, and clients that speak TLS) run on the thread that polled them: a thread hop
/// less for each batch of another region's changes and each acknowledgement. The runtime reads the switch from the environment
/// when the first socket is made, so this must be the first thing the process does.
/// </summary>
internal static class InlineSockets
{
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    public static void Enable()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
            Environment.SetEnvironmentVariable(Variable, "1");
    }
}
