using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.Replicator.Transports.Kafka;

/// <summary>The system's librdkafka under the client: distributions install it as librdkafka.so.1, the client asks for librdkafka.</summary>
public static class KafkaLibrary
{
    private const string Asked = "librdkafka";
    private const string Installed = "librdkafka.so.1";
    private static readonly Lazy<bool> Loaded = new(TryLoad);

    /// <exception cref="EnvironmentException">It is not installed.</exception>
    public static void Load()
    {
        if (!Loaded.Value)
            throw new EnvironmentException("librdkafka is missing; on Debian and Ubuntu: apt-get install librdkafka1", ExitCodes.MissingDependency);
    }

    private static bool TryLoad()
    {
        if (!NativeLibrary.TryLoad(Installed, out nint library))
            return false;
        NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);
        return Library.Load();

        nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Asked ? library : 0;
    }
}
