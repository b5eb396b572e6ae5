using System.Reflection;
using System.Runtime.Loader;
using System.Text;

namespace MultiCloudKv.Merge.Tests.Mutants;

/// <summary>
/// Compiles C# sources with the compiler of the SDK that built the tests, loaded into this process: a compiler started
/// anew for each mutant would take most of the time.
/// </summary>
/// <remarks>Not thread-safe: the compiler writes its messages to the process's console, which is borrowed meanwhile.</remarks>
internal sealed class SourceCompiler
{
    private readonly MethodInfo _main;

    public SourceCompiler()
    {
        string folder = Find();
        var context = new AssemblyLoadContext("compiler");
        context.Resolving += (self, name) =>
        {
            string path = Path.Combine(folder, name.Name + ".dll");
            return File.Exists(path) ? self.LoadFromAssemblyPath(path) : null;
        };
        _main = context.LoadFromAssemblyPath(Path.Combine(folder, "csc.dll")).EntryPoint!;
    }

    /// <summary>Compiles a library. Returns what the compiler said, empty when it succeeded.</summary>
    public string Compile(string output, IEnumerable<string> sources, IEnumerable<string> references)
    {
        List<string> arguments = ["/noconfig", "/nologo", "/nostdlib+", "/target:library", "/optimize+", "/deterministic+", "/debug-", "/nullable:enable", "/langversion:latest", "/unsafe+", "/nowarn:CS1701,CS1702", $"/out:{output}"];
        string platform = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        arguments.AddRange(platform.Split(Path.PathSeparator).Where(p => Path.GetDirectoryName(p) == framework).Select(p => $"/reference:{p}"));
        arguments.AddRange(references.Select(p => $"/reference:{p}"));
        arguments.AddRange(sources);
        TextWriter console = Console.Out;
        var said = new StringWriter(new StringBuilder());
        Console.SetOut(said);
        object? code;
        try
        {
            code = _main.Invoke(null, [arguments.ToArray()]);
        }
        finally
        {
            Console.SetOut(console);
        }

        return code is 0 ? "" : $"exit code {code}: {said}";
    }

    private static string Find()
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string root = Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        string? newest = Directory.GetDirectories(Path.Combine(root, "sdk"))
            .Select(sdk => Path.Combine(sdk, "Roslyn", "bincore"))
            .Where(folder => File.Exists(Path.Combine(folder, "csc.dll")))
            .OrderByDescending(folder => folder, StringComparer.Ordinal)
            .FirstOrDefault();
        return newest ?? throw new DirectoryNotFoundException($"no C# compiler below {root}/sdk");
    }
}
