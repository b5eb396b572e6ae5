namespace MultiCloudKv.Load.Tests;

public class TimeSliceTests
{
    [Fact]
    public void Union_JoinsWhatOverlapsOrTouches()
    {
        IReadOnlyList<TimeSlice> union = TimeSlice.Union([new(90, 95), new(0, 10), new(5, 25), new(25, 30), new(40, 60), new(42, 50)]);
        Assert.Equal([new(0, 30), new(40, 60), new(90, 95)], union);
    }

    [Fact]
    public void LengthWithout_TakesOffTheOverlapAlone()
    {
        TimeSlice silence = new(100, 200);
        Assert.Equal(100, silence.LengthWithout([]));
        Assert.Equal(100, silence.LengthWithout([new(0, 100), new(200, 300)]));
        Assert.Equal(60, silence.LengthWithout([new(90, 110), new(150, 170), new(190, 400)]));
        Assert.Equal(0, silence.LengthWithout([new(0, 1000)]));
    }
}
