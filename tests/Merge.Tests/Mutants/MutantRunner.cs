using System.Diagnostics;
using System.Globalization;

namespace MultiCloudKv.Merge.Tests.Mutants;

/// <summary>
/// Runs the simulation on a bent libs/Merge: compiles its sources with the mutation, puts the assembly into a copy of this
/// test program and searches there, in a process of its own, for a history that fails.
/// </summary>
/// <remarks>Production code carries no switch for it, and the mutated text must exist, so a mutant can't be outlived by the rule it bends.</remarks>
public sealed class MutantRunner : IDisposable
{
    private const string Library = "MultiCloudKv.Merge";
    private const string Generated = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        [assembly: System.Reflection.AssemblyVersion("0.1.0.0")]
        [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("MultiCloudKv.Merge.Tests")]

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("merge-mutants-").FullName;
    private readonly string _sources = Path.Combine(RepositoryRoot.Path, "libs", "Merge");
    private readonly SourceCompiler _compiler = new();

    public MutantRunner()
    {
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory).Where(f => Path.GetExtension(f) is ".dll" or ".json"))
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(_folder, "Generated.cs"), Generated);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Searches for a failing history; null builds the library as it is.</summary>
    /// <returns>The exit code of the search and what it printed.</returns>
    public (int ExitCode, string Output) Search(Mutant? mutant, int histories)
    {
        string[] sources = [.. Directory.GetFiles(_sources, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))];
        if (mutant is not null)
            sources = [.. sources.Select(f => Path.GetRelativePath(_sources, f) == mutant.File ? Bend(f, mutant) : f)];
        string said = _compiler.Compile(Path.Combine(_folder, Library + ".dll"),
            [.. sources, Path.Combine(_folder, "Generated.cs")], [Path.Combine(_folder, "MultiCloudKv.Foundation.dll")]);
        Assert.True(said.Length == 0, $"{mutant?.Name} does not compile: {said}");
        return Run(histories);
    }

    private string Bend(string file, Mutant mutant)
    {
        string text = File.ReadAllText(file);
        int at = text.IndexOf(mutant.Text, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{mutant.Name}: {mutant.File} no longer has the text it bends: {mutant.Text}");
        Assert.True(text.IndexOf(mutant.Text, at + 1, StringComparison.Ordinal) < 0, $"{mutant.Name}: {mutant.File} has the text more than once: {mutant.Text}");
        string bent = Path.Combine(_folder, "Bent.cs");
        File.WriteAllText(bent, text[..at] + mutant.Instead + text[(at + mutant.Text.Length)..]);
        return bent;
    }

    private (int ExitCode, string Output) Run(int histories)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (ReadOnlySpan<string>)["exec", Path.Combine(_folder, "MultiCloudKv.Merge.Tests.dll"), "simulate", "search", histories.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(3)))
        {
            process.Kill(entireProcessTree: true);
            return (-1, "hangs");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult());
    }
}
