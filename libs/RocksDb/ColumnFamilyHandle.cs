using System.Runtime.InteropServices;
using MultiCloudKv.RocksDb.Native;

namespace MultiCloudKv.RocksDb;

/// <summary>An open column family. Belongs to its <see cref="RocksDb"/>, which closes it.</summary>
public sealed class ColumnFamilyHandle : SafeHandle
{
    internal ColumnFamilyHandle(nint value, string name)
        : base(0, ownsHandle: true)
    {
        SetHandle(value);
        Name = name;
    }

    public string Name { get; }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMethods.rocksdb_column_family_handle_destroy(handle);
        return true;
    }
}
