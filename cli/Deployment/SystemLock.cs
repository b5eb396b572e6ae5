using MultiCloudKv.Foundation;

namespace MultiCloudKv.Cli.Deployment;

/// <summary>Held while processes of a system are started or stopped, so that two commands never do so at once.</summary>
internal sealed class SystemLock : IDisposable
{
    private readonly FileStream _file;

    private SystemLock(FileStream file) => _file = file;

    /// <exception cref="EnvironmentException">Another mckv holds it, or the directory can't be written.</exception>
    public static SystemLock Take(string directory)
    {
        try
        {
            return new SystemLock(new FileStream(Path.Combine(directory, "system.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new EnvironmentException($"{directory} can't be written: {denied.Message}", denied);
        }
        catch (IOException busy) when (File.Exists(Path.Combine(directory, "system.lock")))
        {
            throw new EnvironmentException($"another mckv is starting or stopping the system in {directory}", busy);
        }
        catch (IOException unwritable)
        {
            throw new EnvironmentException($"{directory} can't be written: {unwritable.Message}", unwritable);
        }
    }

    public void Dispose() => _file.Dispose();
}
