// Every test starts processes and gives them load: one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
