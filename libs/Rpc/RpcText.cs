using System.Text;

namespace MultiCloudKv.Rpc;

/// <summary>The percent-encoding of grpc-message: UTF-8, everything but printable ASCII, and '%' itself, encoded.</summary>
public static class RpcText
{
    public static string Encode(string text)
    {
        var to = new StringBuilder(text.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= 0x20 and <= 0x7e and not (byte)'%')
                to.Append((char)b);
            else
                to.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return to.ToString();
    }

    public static string Decode(string text) => Uri.UnescapeDataString(text);
}
