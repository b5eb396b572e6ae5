namespace MultiCloudKv.Rpc;

/// <summary>
/// Lets completions of the runtime's own sockets (RPC, and clients that speak TLS) run on the thread that polled them: a thread hop
/// less for each message on its way from region to region. The runtime reads the switch from the environment when the first socket is
/// made, so this must be the first thing the process does.
/// </summary>
public static class InlineSockets
{
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    public static void Enable()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
            Environment.SetEnvironmentVariable(Variable, "1");
    }
}
