using BenchmarkDotNet.Running;
using MultiCloudKv.Micro;

if (args is ["steps"])
{
    SetSteps.Print(Console.Out);
    return 0;
}

BenchmarkSwitcher.FromAssembly(typeof(SmokeRun).Assembly).Run(args);
return 0;
