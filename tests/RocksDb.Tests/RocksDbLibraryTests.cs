using System.Runtime.InteropServices;
using MultiCloudKv.Foundation;

namespace MultiCloudKv.RocksDb.Tests;

public class RocksDbLibraryTests
{
    [Fact]
    public void Load_OnThisMachine_FindsALibraryWithEveryFunction()
    {
        RocksDbLibrary.Load();
        Assert.StartsWith("librocksdb.so", RocksDbLibrary.Name, StringComparison.Ordinal);
        Assert.True(RocksDbLibrary.Required().Count() > 100);
    }

    [Fact]
    public void Check_OfALibraryWithoutAFunction_NamesItAndThePackage()
    {
        nint libc = NativeLibrary.Load("libc.so.6");
        EnvironmentException error = Assert.Throws<EnvironmentException>(() => RocksDbLibrary.Check(libc, "libc.so.6", ["rocksdb_open"]));
        Assert.Equal(ExitCodes.MissingDependency, error.ExitCode);
        Assert.Contains("rocksdb_open", error.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install librocksdb7.8", error.Message, StringComparison.Ordinal);
    }
}
