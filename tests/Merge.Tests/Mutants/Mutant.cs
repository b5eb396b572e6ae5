namespace MultiCloudKv.Merge.Tests.Mutants;

/// <summary>A rule bent: in a file below libs/Merge, a text that occurs once is replaced by another.</summary>
/// <param name="Name">What is wrong then.</param>
/// <param name="File">Path below libs/Merge.</param>
/// <param name="Text">What stands there.</param>
/// <param name="Instead">What stands there in the mutant.</param>
public sealed record Mutant(string Name, string File, string Text, string Instead)
{
    public override string ToString() => Name;
}
