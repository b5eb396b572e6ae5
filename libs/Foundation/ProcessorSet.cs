using System.Globalization;
using System.Runtime.InteropServices;

namespace MultiCloudKv.Foundation;

/// <summary>Processors of the machine by number, written as cpuset(7) writes them: <c>0-3,8</c>. A thread can be bound to them.</summary>
public sealed partial class ProcessorSet
{
    /// <summary>Numbers are below this.</summary>
    public const int Max = 1024;

    private const string AllowedField = "Cpus_allowed_list:";
    private const int CallingThread = 0;
    private const int WordBits = 64;
    private readonly ulong[] _mask = new ulong[Max / WordBits];

    /// <exception cref="ArgumentException">Not one of them is below <see cref="Max"/>, or one is not.</exception>
    public ProcessorSet(params IReadOnlyCollection<int> numbers)
    {
        if (numbers.Count == 0 || numbers.Any(number => number is < 0 or >= Max))
            throw new ArgumentException($"processors are numbers below {Max}", nameof(numbers));
        Numbers = [.. numbers.Distinct().Order()];
        foreach (int number in Numbers)
            _mask[number / WordBits] |= 1UL << (number % WordBits);
    }

    /// <summary>Ascending, at least one.</summary>
    public IReadOnlyList<int> Numbers { get; }

    /// <summary>Null when the text is none.</summary>
    public static ProcessorSet? TryParse(string text)
    {
        List<int> numbers = [];
        foreach (string range in text.Split(','))
        {
            string[] ends = range.Split('-', 2);
            if (!TryNumber(ends[0], out int first) || !TryNumber(ends[^1], out int last) || first > last)
                return null;
            numbers.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return new ProcessorSet(numbers);
    }

    /// <summary>Those this process may use, which an affinity mask or a container can limit.</summary>
    public static ProcessorSet OfProcess()
    {
        string? allowed = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(AllowedField, StringComparison.Ordinal));
        return (allowed is null ? null : TryParse(allowed[AllowedField.Length..].Trim())) ?? new ProcessorSet(Enumerable.Range(0, Environment.ProcessorCount).ToArray());
    }

    /// <summary>The calling thread runs on these alone from now on (sched_setaffinity(2)). False: none of them is there, or none is allowed to this process.</summary>
    public bool BindThread() => SetAffinity(CallingThread, (nuint)(_mask.Length * sizeof(ulong)), _mask) == 0;

    /// <summary>Whether a thread of this process can be bound to them.</summary>
    public bool IsUsable()
    {
        bool bound = false;
        Thread trial = new(() => bound = BindThread());
        trial.Start();
        trial.Join();
        return bound;
    }

    public override string ToString() => string.Join(',', Numbers);

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < Max;

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint bytes, [In] ulong[] mask);
}
