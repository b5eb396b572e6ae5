namespace MultiCloudKv.Cli.Deployment;

/// <summary>
/// A process that was started here, told from a later one with the same number by its start time and the boot it belongs
/// to: what is not the same process any more is never signalled.
/// </summary>
/// <param name="StartTicks">Clock ticks from boot to its start, as the kernel has it.</param>
internal sealed record ProcessState(int Pid, long StartTicks, string BootId);
