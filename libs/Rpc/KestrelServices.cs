using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MultiCloudKv.Rpc;

/// <summary>The services Kestrel asks for when it runs without a web application: logging, and for TLS what its own host builder would register.</summary>
public static class KestrelServices
{
    public static ServiceProvider Build(ILoggerFactory loggers, bool tls)
    {
        if (!tls)
            return new ServiceCollection().AddSingleton(loggers).AddLogging().BuildServiceProvider();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(loggers);
        return builder.Services.BuildServiceProvider();
    }
}
