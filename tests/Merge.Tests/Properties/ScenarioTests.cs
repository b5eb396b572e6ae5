using MultiCloudKv.Merge.Tests.Simulation;

namespace MultiCloudKv.Merge.Tests.Properties;

/// <summary>Ways in which systems like this lost or diverged data, by their numbers, as far as the merge rules decide them.</summary>
public sealed class ScenarioTests
{
    private const string K = "{a}k";
    private const string Z = "{a}z";
    private const long Never = long.MaxValue;

    [Fact]
    public void S6_BatchDeliveredAgainHoursLater_CountsOnce()
    {
        var script = new Script(2, K, Z);
        script.Run(0, 1, t => t.Increment(K, 5), t => t.ScoreIncrement(Z, "m", 1.5m));
        script.Ship(0, 1);
        script.Run(1, 2, t => t.Increment(K, 1));
        script.ShipAgain(0, 1);
        script.ShipAll();
        script.ShipAgain(0, 1);
        script.Quiet(3_600_000);
        script.ShipAgain(0, 1);
        script.ShipAgain(1, 0);
        Assert.Equal("s =6", script.Show(0, K, 3_600_100));
        Assert.Equal("z m=1.5", script.Show(1, Z, 3_600_100));
    }

    [Fact]
    public void S7_KeyDeletedWhileARegionIsAway_StaysDeleted()
    {
        var script = new Script(3, K);
        script.Run(0, 1, t => t.Set(K, "a", Never));
        script.ShipAll();
        script.Run(1, 2, t => t.RemoveKey(K));
        script.ShipAll(0, 1);
        script.Beat(3);
        script.ShipAll(0, 1);
        script.Regions[0].Collect();
        script.ShipAll();
        script.Check(5);
        Assert.All(script.Regions, r => Assert.Equal("", script.Show(r.Index, K, 5)));
        script.Quiet(100);
    }

    [Fact]
    public void S8_RemovalsOfAbsentThings_ShipAndKeepNothing()
    {
        var script = new Script(3, K, Z);
        script.Run(0, 1, t => t.SetAdd(Z, "x"));
        script.ShipAll();
        long records = script.Regions[1].Records;
        for (int i = 0; i < 50; i++)
            script.Run(1, 2 + i, t => t.RemoveKey(K), t => t.RemoveElement(Z, "absent", 99), t => t.Expire(K, Never));
        Assert.Equal(records, script.Regions[1].Records);
        script.Quiet(100);
    }

    [Fact]
    public void S8_DeletesWhileARegionIsGoneForAWeek_LeaveLittleAndNothingOnceItNoLongerCounts()
    {
        const long week = 7L * 24 * 3_600_000;
        const int rounds = 200;
        // A meta record and its pending mark, for each key that is gone but could still be brought to life; however often it is deleted.
        const int perKey = 2;
        const int living = 2;
        var script = new Script(3, K, Z);
        script.Run(0, 1, t => t.HashWrite(Z, "stays", "v"));
        script.ShipAll();
        for (int i = 0; i < rounds; i++)
        {
            long at = 2 + (i * (week / rounds));
            string field = $"f{i}";
            script.Run(0, at, t => t.Set(K, "v", Never), t => t.HashWrite(Z, field, "v"));
            script.ShipAll(0, 1);
            script.Run(1, at + 1, t => t.RemoveElement(Z, field, 99), t => t.RemoveElement(Z, "absent", 99));
            script.ShipAll(0, 1);
            script.Run(0, at + 2, t => t.RemoveKey(K));
            script.Run(1, at + 2, t => t.RemoveKey(K));
            script.ShipAll(0, 1);
            script.Beat(0, at + 3);
            script.Beat(1, at + 3);
            script.ShipAll(0, 1);
            foreach (Replica present in script.Regions[..2])
            {
                present.Collect();
                Assert.InRange(present.Records, living, living + (2 * perKey));
            }
        }

        foreach (Replica present in script.Regions[..2])
        {
            present.Remove(2);
            present.Collect();
            Assert.Equal(living, present.Records);
            present.CheckResidue();
        }
    }

    [Fact]
    public void S9_CounterCountedInAllRegionsWithReplays_IsExact()
    {
        var script = new Script(3, K);
        for (int i = 0; i < 60; i++)
        {
            script.Run(i % 3, i, t => t.Increment(K, 1));
            if (i % 7 == 0)
                script.ShipAll();
            if (i % 11 == 0)
                script.ShipAgain(i % 3, (i + 1) % 3);
        }

        script.Quiet(100);
        Assert.All(script.Regions, r => Assert.Equal("s =60", script.Show(r.Index, K, 200)));
    }

    [Fact]
    public void S11_ClocksMinutesApart_LocalOrderHoldsAndRegionsConverge()
    {
        var script = new Script(2, K);
        script.Run(0, 600_000, t => t.Set(K, "ahead", Never));
        script.Run(1, 1, t => t.Set(K, "behind", Never));
        script.ShipAll();
        Assert.Equal("s =ahead ~behind", script.Show(1, K, 600_001));
        script.Run(1, 2, t => t.Set(K, "after", Never));
        script.ShipAll();
        script.Check(600_002);
        Assert.Equal("s =after", script.Show(0, K, 600_002));
        script.Quiet(600_100);
    }

    [Fact]
    public void S12_ExpiryRacesAWrite_BothRegionsAgree()
    {
        var script = new Script(2, K, Z);
        script.Run(0, 1, t => t.HashWrite(K, "f", "v"), t => t.Expire(K, World.Epoch + 10), t => t.HashWrite(Z, "f", "v"), t => t.Expire(Z, World.Epoch + 10));
        script.ShipAll();
        script.Run(0, 9, t => t.HashWrite(K, "late", "w"));
        script.Run(1, 11, t => t.HashWrite(Z, "fresh", "w"));
        script.ShipAll();
        script.Check(12);
        Assert.All(script.Regions, r => Assert.Equal("", script.Show(r.Index, K, 12)));
        Assert.All(script.Regions, r => Assert.Equal("h fresh=w", script.Show(r.Index, Z, 12)));
        script.Quiet(100);
    }

    [Fact]
    public void S12_ExpiryRacesAWriteThatSetsAnExpiry_TheWriteSurvivesInBoth()
    {
        var script = new Script(2, K, Z);
        script.Run(0, 1, t => t.Set(K, "old", World.Epoch + 10), t => t.Set(Z, "old", World.Epoch + 10));
        script.ShipAll();
        script.Run(0, 9, t => t.Set(K, "renewed", World.Epoch + 1000));
        script.Beat(1, 20);
        script.Regions[1].Collect();
        script.Run(1, 21, t => t.Set(Z, "fresh", World.Epoch + 2000));
        script.ShipAll();
        script.Check(22);
        Assert.All(script.Regions, r => Assert.Equal("s =renewed @1000", script.Show(r.Index, K, 22)));
        Assert.All(script.Regions, r => Assert.Equal("s =fresh @2000", script.Show(r.Index, Z, 22)));
        script.Quiet(3000);
        Assert.All(script.Regions, r => Assert.Equal(0, r.Records));
    }

    [Fact]
    public void S14_OneOfThreeRegionsUnreachable_TheOthersStayInSync()
    {
        var script = new Script(3, K, Z);
        for (int i = 0; i < 20; i++)
        {
            script.Run(i % 3, i, t => t.Increment(K, 1), t => t.SetAdd(Z, "m"));
            script.ShipAll(0, 1);
        }

        Assert.Equal(script.Show(0, K, 30), script.Show(1, K, 30));
        script.Quiet(100);
        Assert.Equal("s =20", script.Show(2, K, 200));
    }

    [Fact]
    public void S17_DifferentTypesAtOneKey_NewestShowsAndTheOthersAreSiblings()
    {
        var script = new Script(3, K);
        script.Run(0, 1, t => t.Set(K, "text", Never));
        script.Run(1, 2, t => t.HashWrite(K, "f", "v"));
        script.Run(2, 3, t => t.ScoreWrite(K, "m", 2));
        script.ShipAll();
        script.Check(4);
        Assert.All(script.Regions, r => Assert.Equal("z m=2 ~text ~v", script.Show(r.Index, K, 4)));
        script.Run(0, 5, t => t.Set(K, "settled", Never));
        script.Quiet(100);
        Assert.Equal("s =settled", script.Show(1, K, 200));
    }

    [Fact]
    public void S25_RegionRestoredToAnOlderState_NewChangesCountAndOldOnesComeBack()
    {
        var script = new Script(2, K, Z);
        script.Run(0, 1, t => t.Increment(K, 1));
        script.ShipAll();
        Replica old = script.Regions[0].Copy(0);
        script.Run(1, 2, t => t.Increment(K, 10));
        script.ShipAll();
        script.Run(0, 3, t => t.Increment(K, 100), t => t.Set(Z, "a", Never));
        script.ShipAll();
        script.Run(0, 4, t => t.Increment(K, 1000));
        script.Replace(0, old);
        script.Ship(1, 0);
        script.TakeBack(0);
        script.Run(0, 1, t => t.Increment(K, 5));
        script.ShipAll();
        script.Check(5);
        Assert.All(script.Regions, r => Assert.Equal("s =116", script.Show(r.Index, K, 5)));
        script.Quiet(100);
        Assert.Equal("s =a", script.Show(0, Z, 200));
    }

    [Fact]
    public void S27_CountersCountedAndOverwrittenApart_RightAndNothingInvisibleIsLeft()
    {
        var script = new Script(3, K, Z);
        for (int i = 0; i < 40; i++)
        {
            script.Run(0, i, t => t.Increment(K, 1), t => t.HashIncrement(Z, "f", 2));
            script.Run(1, i, i % 3 == 0 ? t => t.Set(K, "100", Never) : t => t.RemoveKey(K), t => t.RemoveElement(Z, "f", 99));
            script.Run(2, i, t => t.HashWrite(Z, "f", "5"), t => t.Increment(K, 3));
            script.Ship(i % 3, (i + 1) % 3);
        }

        script.ShipAll();
        script.Run(0, 50, t => t.RemoveKey(K), t => t.RemoveKey(Z));
        script.Quiet(100);
        Assert.All(script.Regions, r => Assert.Equal(0, r.Records));
    }

    [Fact]
    public void S28_ExtensionOnASlowLink_HoldsAfterTheOldExpiryPassedElsewhere()
    {
        var script = new Script(2, K);
        script.Run(0, 1, t => t.HashWrite(K, "f", "v"), t => t.Expire(K, World.Epoch + 10));
        script.ShipAll();
        script.Run(0, 9, t => t.Expire(K, World.Epoch + 1000));
        script.Beat(1, 20);
        script.Regions[1].Collect();
        Assert.Equal("", script.Show(1, K, 20));
        script.ShipAll();
        script.Check(21);
        Assert.All(script.Regions, r => Assert.Equal("h f=v @1000", script.Show(r.Index, K, 21)));
        script.Quiet(2000);
    }

    [Fact]
    public void S30_RegionDiesAfterTellingOneOfTwo_SurvivorsLevelAndNothingPends()
    {
        var script = new Script(3, K, Z);
        script.Run(2, 1, t => t.SetAdd(Z, "m"), t => t.Increment(K, 7));
        script.Ship(2, 0);
        script.Run(0, 2, t => t.RemoveElement(Z, "m", 99), t => t.Set(K, "1", Never));
        script.Ship(0, 1);
        script.Check(3);
        script.Ship(2, 1);
        script.Check(4);
        script.Regions[0].Remove(2);
        script.Regions[1].Remove(2);
        for (int round = 0; round < 2; round++)
        {
            script.Beat(0, 100 + round);
            script.Beat(1, 100 + round);
            script.ShipAll(0, 1);
        }

        foreach (Replica survivor in script.Regions[..2])
        {
            survivor.Collect();
            survivor.CheckResidue();
            Assert.Equal("s =1", script.Show(survivor.Index, K, 200));
        }
    }

    [Fact]
    public void Counter_PushedBeyondSixtyFourBitsByTwoRegions_SaturatesAndComesBack()
    {
        var script = new Script(2, K);
        script.Run(0, 1, t => t.Set(K, "9223372036854775800", Never));
        script.ShipAll();
        script.Run(0, 2, t => t.Increment(K, 5));
        script.Run(1, 2, t => t.Increment(K, 5));
        script.ShipAll();
        Assert.All(script.Regions, r => Assert.Equal("s =9223372036854775807", script.Show(r.Index, K, 3)));
        script.Run(0, 4, t => t.Increment(K, -10));
        script.Quiet(100);
        Assert.All(script.Regions, r => Assert.Equal("s =9223372036854775800", script.Show(r.Index, K, 200)));
    }
}
