using System.Diagnostics;

namespace MultiCloudKv.Rpc.Tests;

/// <summary>The server called by a gRPC client that is not ours: Debian's python3-grpcio.</summary>
public sealed class RealClientTests
{
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task PythonGrpcClient_UnaryStreamsErrorsDeadlinesAndCancellation_AllWork()
    {
        Assert.SkipUnless(await RunAsync("-c", "import grpc") is (0, _), "python3-grpcio is not installed");
        await using EchoService service = await EchoService.StartAsync();
        (int exit, string output) = await RunAsync(Path.Combine(AppContext.BaseDirectory, "Clients", "grpc_client.py"), service.Address, EchoService.Password);
        Assert.Equal(
            """
            unary echo
            large True
            FAILED_PRECONDITION fail with ä 100%
            UNAUTHENTICATED the password is missing or wrong
            DEADLINE_EXCEEDED
            UNIMPLEMENTED no method /mckv.node.v1.Node/Nothing
            stream [1, 2, 3, 4, 5]
            duplex [3, 4, 5]
            CANCELLED Locally cancelled by application!
            after seen

            """,
            output.ReplaceLineEndings("\n"));
        Assert.Equal(0, exit);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        if (!File.Exists(Python))
            return (-1, "");
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, process.ExitCode == 0 ? output : output + await errors);
    }
}
