namespace MultiCloudKv.Integration.Tests.Harness;

/// <summary>Skips a test on a machine that can't inject its fault, and says what it lacks.</summary>
internal static class Needs
{
    public static void Root() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");

    /// <summary>Programs, each with the Debian package it comes from.</summary>
    public static void Programs(params ReadOnlySpan<(string Program, string Package)> wanted)
    {
        foreach ((string program, string package) in wanted)
            Assert.SkipUnless(Find(program) is not null, $"needs {program} (apt-get install {package})");
    }

    public static void LoopDevices()
    {
        Root();
        Programs(("losetup", "mount"), ("mount", "mount"));
        Assert.SkipUnless(File.Exists("/dev/loop-control"), "needs loop devices (/dev/loop-control)");
        CommandOutput free = Command.Run("losetup", "--find");
        Assert.SkipUnless(free.ExitCode == 0, $"needs a free loop device: {free.Text}");
    }

    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
