using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("MultiCloudKv.Merge.Tests")]
