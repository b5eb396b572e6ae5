namespace MultiCloudKv.Rpc.Admin;

/// <summary>A page of an admin port.</summary>
public readonly record struct AdminPage(int Status, string ContentType, string Body)
{
    public static AdminPage Text(string body) => new(200, "text/plain; charset=utf-8", body);

    public static AdminPage Json(string body) => new(200, "application/json", body);

    /// <summary>Health: 200 when <paramref name="problem"/> is empty, otherwise 503 with it.</summary>
    public static AdminPage Health(string problem) =>
        problem.Length == 0 ? Text("ok\n") : new AdminPage(503, "text/plain; charset=utf-8", problem + "\n");
}
