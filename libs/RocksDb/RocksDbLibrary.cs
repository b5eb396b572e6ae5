using System.Reflection;
using System.Runtime.InteropServices;
using MultiCloudKv.Foundation;
using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>
/// Finds the RocksDB library of the system and checks once that it exports every function the binding calls, so that a
/// missing or too old one is reported at start, in one line, and not in the middle of the work.
/// </summary>
/// <remarks>Thread-safe. Processes call <see cref="Load"/> at start; everything else here calls it as well.</remarks>
public static class RocksDbLibrary
{
    private static readonly string[] Candidates = ["librocksdb.so.8.9", "librocksdb.so.8", "librocksdb.so.7.8", "librocksdb.so"];
    private static readonly Lock Gate = new();
    private static nint _library;

    /// <summary>Name under which the library was found; empty before <see cref="Load"/>.</summary>
    public static string Name { get; private set; } = "";

    /// <summary>Loads and checks the library; later calls return at once.</summary>
    /// <exception cref="EnvironmentException">It isn't there, or lacks a function.</exception>
    public static void Load()
    {
        if (Volatile.Read(ref _library) == 0)
            LoadOnce(Candidates);
    }

    internal static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != NativeMethods.Library)
            return 0;
        Load();
        return _library;
    }

    internal static void LoadOnce(string[] candidates)
    {
        lock (Gate)
        {
            if (_library != 0)
                return;
            foreach (string candidate in candidates)
            {
                if (!NativeLibrary.TryLoad(candidate, out nint library))
                    continue;
                Name = candidate;
                Check(library, candidate, Required());
                Volatile.Write(ref _library, library);
                return;
            }
        }

        throw Missing($"RocksDB's library is not installed (looked for {string.Join(", ", candidates)})");
    }

    internal static IEnumerable<string> Required() =>
        typeof(NativeMethods).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(m => m.Name)
            .Where(n => n.StartsWith("rocksdb_", StringComparison.Ordinal))
            .Distinct();

    internal static void Check(nint library, string name, IEnumerable<string> required)
    {
        string[] missing = [.. required.Where(f => !NativeLibrary.TryGetExport(library, f, out _))];
        if (missing.Length > 0)
            throw Missing($"{name} lacks {missing.Length} of the functions used ({string.Join(", ", missing.Take(3))}): it is too old or too new");
    }

    private static EnvironmentException Missing(string what) =>
        new(what + "; run: apt-get install librocksdb7.8 (Debian 12) or apt-get install librocksdb8.9 (Ubuntu 24.04)", ExitCodes.MissingDependency);
}
