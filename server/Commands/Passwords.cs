using System.Security.Cryptography;
using MultiCloudKv.Resp;

namespace MultiCloudKv.Server.Commands;

/// <summary>Checks what AUTH and HELLO … AUTH bring. There is one user, "default".</summary>
internal static class Passwords
{
    /// <summary>Lets the client in, or answers why not and returns false.</summary>
    public static bool TryAuthenticate(CommandContext ctx, ReadOnlySpan<byte> user, ReadOnlySpan<byte> password)
    {
        byte[]? expected = ctx.Services.Settings.Password;
        bool right = user.SequenceEqual("default"u8) && (expected is null || AreEqual(expected, password));
        if (right)
            ctx.Client.Authenticated = true;
        else
            ctx.Reply.Error(RespErrors.WrongPass);
        return right;
    }

    /// <summary>In a time that tells nothing about the password.</summary>
    private static bool AreEqual(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> given)
    {
        Span<byte> left = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> right = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(expected, left);
        SHA256.HashData(given, right);
        return CryptographicOperations.FixedTimeEquals(left, right);
    }
}
