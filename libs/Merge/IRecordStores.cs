namespace MultiCloudKv.Merge;

/// <summary>Finds the store that holds a slot's records.</summary>
public interface IRecordStores
{
    IRecordStore Of(int slot);
}
