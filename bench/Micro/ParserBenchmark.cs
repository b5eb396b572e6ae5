using System.Text;
using BenchmarkDotNet.Attributes;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Micro;

/// <summary>Sixteen pipelined SETs through the request parser.</summary>
[MemoryDiagnoser]
public class ParserBenchmark
{
    private const int Pipeline = 16;

    private readonly RequestParser _parser = new();
    private byte[] _bytes = [];

    [GlobalSetup]
    public void Setup()
    {
        string set = $"*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000001\r\n${BenchData.ValueBytes}\r\n{new string('x', BenchData.ValueBytes)}\r\n";
        _bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(set, Pipeline)));
    }

    [Benchmark(OperationsPerInvoke = Pipeline)]
    public int Parse()
    {
        int at = 0;
        while (at < _bytes.Length && _parser.Parse(_bytes, at, _bytes.Length - at, RequestLimits.Default, true, out int consumed) == ParseStatus.Complete)
            at += consumed;
        return at;
    }
}
