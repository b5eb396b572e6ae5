using MultiCloudKv.Foundation;
using MultiCloudKv.Merge.State;

namespace MultiCloudKv.Merge.Tests.State;

public sealed class CodecTests
{
    [Fact]
    public void Meta_OfPlainString_IsCompact()
    {
        var state = new KeyState { Counted = true };
        state.Touch[1] = 5;
        state.Text.PutRegister(1, 5, long.MaxValue, "v"u8);
        Assert.Equal("01" + "01" + "0500000000000000" + "76", Encode(state));
    }

    [Fact]
    public void Meta_OfExpiringString_IsCompact()
    {
        var state = new KeyState();
        state.Touch[1] = 5;
        state.Text.PutRegister(1, 5, 1000, "v"u8);
        Assert.Equal("02" + "01" + "0500000000000000" + "00" + "E803000000000000" + "76", Encode(state));
    }

    [Fact]
    public void Meta_OfCounter_IsCompact()
    {
        var state = new KeyState { Counted = true };
        state.Touch[2] = 9;
        state.Text.Deltas.Put(new Delta(2, 9, 5, Number.Of(-1)));
        state.Expiries.Put(new ExpiryRegister(2, 5, long.MaxValue));
        Assert.Equal("03" + "02" + "0900000000000000" + "0500000000000000" + "0500000000000000" + "01", Encode(state));
    }

    [Fact]
    public void Meta_OfCollection_IsCompact()
    {
        var state = new KeyState { Counted = true, Version = 7 };
        state.Touch[1] = 5;
        state.Touch[2] = 6;
        state[ElementType.Hash] = new TypeState { Count = 3 };
        state.Expiries.Put(new ExpiryRegister(1, 5, long.MaxValue));
        Assert.Equal(
            "04" + "02" + "01" + "0700000000000000" + "0300000000000000" + "01" + "0500000000000000" + "FFFFFFFFFFFFFF7F"
            + "02" + "01" + "0500000000000000" + "02" + "0600000000000000",
            Encode(state));
    }

    [Fact]
    public void Meta_OfGeneralState_HasItsGoldenBytes()
    {
        var state = new KeyState { Counted = true, Version = 7, ForeignDeltas = 1, Remains = 2, Residue = 1 };
        state.Touch[1] = 5;
        state.Seen[2] = 6;
        state.ExpirySeen[3] = 7;
        state.Expiries.Put(new ExpiryRegister(1, 5, 1000));
        state[ElementType.Set] = new TypeState { Count = 3, Newest = new Stamp(5, 1), Exact = true };
        state.Text.PutRegister(1, 5, Register.Covered, "v"u8);
        Assert.Equal(
            "10" + "01" + "07" + "010105" + "010206" + "010307" + "01" + "010500000000000000E807" + "01" + "02" + "01"
            + "01" + "0303" + "0500000000000000" + "01" + "01" + "01" + "010500000000000000" + "01" + "0176" + "00" + "00" + "00",
            Encode(state));
    }

    [Fact]
    public void Element_OfEveryForm_HasItsGoldenBytes()
    {
        var plain = new ElementState();
        plain.PutRegister(1, 5, long.MaxValue, "v"u8);
        Assert.Equal("01" + "01" + "0500000000000000" + "76", Encode(plain));
        plain.Deltas.Put(new Delta(2, 9, 5, Number.Of(4)));
        plain.Floors.Put(new Floor(2, 6, Number.Of(3), 1, 5));
        plain.Seen[3] = 8;
        Assert.Equal(
            "10" + "01" + "010500000000000000" + "00" + "0176" + "01" + "0209000000000000000500000000000000" + "0008"
            + "01" + "020600000000000000" + "0006" + "010500000000000000" + "010308",
            Encode(plain));
    }

    [Fact]
    public void Meta_OfRandomStates_ComesBack()
    {
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            KeyState state = RandomKey(random);
            string bytes = Encode(state);
            var back = new KeyState();
            KeyCodec.Read(Convert.FromHexString(bytes), back);
            Assert.Equal(bytes, Encode(back));
            Assert.Equal(state.VisibleType, back.VisibleType);
            Assert.Equal(state.VisibleExpiry, back.VisibleExpiry);
            Assert.Equal(state.IsPending, back.IsPending);
            Assert.Equal(state.ForeignDeltas, back.ForeignDeltas);
        }
    }

    [Fact]
    public void Meta_OfUnknownForm_IsRefused() =>
        Assert.Throws<InvariantException>(() => KeyCodec.Read([99, 0, 0], new KeyState()));

    private static string Encode(KeyState state)
    {
        var writer = new ByteWriter();
        KeyCodec.Write(state, writer);
        return Convert.ToHexString(writer.Written);
    }

    private static string Encode(ElementState state)
    {
        var writer = new ByteWriter();
        ElementCodec.Write(state, writer);
        return Convert.ToHexString(writer.Written);
    }

    private static KeyState RandomKey(Random random)
    {
        var state = new KeyState { Counted = random.Next(2) == 0 };
        Fill(random, state.Touch, 80);
        Fill(random, state.Seen, 20);
        Fill(random, state.ExpirySeen, 20);
        for (byte r = 1; r <= 3; r++)
        {
            if (random.Next(4) == 0)
                state.Expiries.Put(new ExpiryRegister(r, (ulong)random.NextInt64(1, 1L << 60), random.Next(2) == 0 ? long.MaxValue : random.NextInt64(2, 1L << 50)));
            if (random.Next(3) == 0)
                state.Text.PutRegister(r, (ulong)random.NextInt64(1, 1L << 60), random.Next(3) switch { 0 => long.MaxValue, 1 => Register.Covered, _ => random.Next(2, 5000) }, new byte[random.Next(20)]);
            if (random.Next(4) == 0)
                state.Text.Deltas.Put(new Delta(r, (ulong)random.Next(5, 90), (ulong)random.Next(1, 5), Number.Of(random.NextInt64())));
            if (random.Next(5) == 0)
                state.Text.Floors.Put(new Floor(r, (ulong)random.Next(1, 90), Number.Of(random.Next()), 2, 7));
        }

        Fill(random, state.Text.Seen, 10);
        if (random.Next(2) == 0)
        {
            state.Version = (ulong)random.Next(1, 1000);
            state.ForeignDeltas = random.Next(2);
            for (ElementType t = ElementType.Hash; t <= ElementType.SortedSet; t++)
            {
                if (random.Next(2) == 0)
                    state[t] = new TypeState { Count = random.Next(1, 9), Newest = new Stamp((ulong)random.Next(1, 99), 1), Exact = true };
            }
        }

        return state;
    }

    private static void Fill(Random random, StampVector vector, int percent)
    {
        for (byte r = 1; r <= 3; r++)
        {
            if (random.Next(100) < percent)
                vector[r] = (ulong)random.NextInt64(1, 1L << 60);
        }
    }
}
