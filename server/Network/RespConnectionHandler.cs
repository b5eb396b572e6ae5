using System.Net;
using Microsoft.AspNetCore.Connections;
using MultiCloudKv.Resp;
using MultiCloudKv.Server.Commands;

namespace MultiCloudKv.Server.Network;

/// <summary>Accepts clients: counts them, refuses those beyond the maximum with one line, runs the rest.</summary>
internal sealed class RespConnectionHandler(CommandServices services, RunnerPool runners) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        string address = Describe(connection.RemoteEndPoint);
        ClientState? client = services.Clients.TryAdd(address, Describe(connection.LocalEndPoint), services.Engine.Clock.NowMs, services.Settings.MaxClients);
        if (client is null)
        {
            await RefuseAsync(connection);
            return;
        }

        client.Authenticated = services.Settings.Password is null;
        try
        {
            await new RespConnection(connection, client, services, runners).RunAsync();
        }
        finally
        {
            client.Unwatch(services.Watches);
            services.Clients.Remove(client);
        }
    }

    private static async Task RefuseAsync(ConnectionContext connection)
    {
        var reply = new RespWriter(64);
        reply.Error(RespErrors.TooManyClients);
        await connection.Transport.Output.WriteAsync(reply.WrittenMemory);
    }

    private static string Describe(EndPoint? endPoint) => endPoint switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip => $"{ip.Address.MapToIPv4()}:{ip.Port}",
        null => "?:0",
        _ => endPoint.ToString() ?? "?:0",
    };
}
