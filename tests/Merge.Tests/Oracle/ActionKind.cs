namespace MultiCloudKv.Merge.Tests.Oracle;

internal enum ActionKind
{
    Write,
    Increment,
    Remove,
    RemoveKey,
    Expire,
    ClearSlot,
}
