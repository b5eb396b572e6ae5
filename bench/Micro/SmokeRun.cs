using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace MultiCloudKv.Micro;

/// <summary>Runs every benchmark a few times without measuring, with every value of its parameters, so that none rots.</summary>
public static class SmokeRun
{
    private const int Invocations = 3;

    public static IEnumerable<Type> Benchmarks() =>
        typeof(SmokeRun).Assembly.GetExportedTypes().Where(t => t.GetMethods().Any(m => m.IsDefined(typeof(BenchmarkAttribute))));

    /// <summary>Returns how many benchmark methods ran.</summary>
    public static int Run(Type type)
    {
        PropertyInfo? parameter = type.GetProperties().SingleOrDefault(p => p.IsDefined(typeof(ParamsAttribute)));
        object?[] values = parameter?.GetCustomAttribute<ParamsAttribute>()!.Values ?? [null];
        int ran = 0;
        foreach (object? value in values)
        {
            object benchmark = Activator.CreateInstance(type)!;
            parameter?.SetValue(benchmark, value);
            Call<GlobalSetupAttribute>(benchmark);
            foreach (MethodInfo method in type.GetMethods().Where(m => m.IsDefined(typeof(BenchmarkAttribute))))
            {
                for (int i = 0; i < Invocations; i++)
                    method.Invoke(benchmark, null);
                ran++;
            }

            Call<IterationCleanupAttribute>(benchmark);
            Call<GlobalCleanupAttribute>(benchmark);
        }

        return ran;
    }

    private static void Call<TAttribute>(object benchmark)
        where TAttribute : Attribute
    {
        foreach (MethodInfo method in benchmark.GetType().GetMethods().Where(m => m.IsDefined(typeof(TAttribute))))
            method.Invoke(benchmark, null);
    }
}
