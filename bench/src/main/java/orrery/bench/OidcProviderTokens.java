package orrery.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.UUID;

/// npm's oidc-provider, as `bench/peers/oidc-provider.mjs` sets it up.
///
/// @param format `jwt` or `opaque`
record OidcProviderTokens(Process process, URI address, String format, String secret)
        implements TokenService {
    private static final String LISTENING = "listening on ";

    /// @param folder where the package was installed
    static OidcProviderTokens start(Path folder, String format) throws IOException {
        var secret = UUID.randomUUID().toString();
        var builder = new ProcessBuilder("node", "oidc-provider.mjs", format)
                .directory(folder.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("BENCH_SECRET", secret);
        builder.environment().put("NODE_ENV", "production");
        var process = builder.start();
        var lines = new BufferedReader(process.inputReader());
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(LISTENING)) {
                return new OidcProviderTokens(process, URI.create("http://127.0.0.1:"
                        + line.substring(LISTENING.length())), format, secret);
            }
        }
        throw new IOException("oidc-provider does not start");
    }

    @Override
    public String name() {
        return "oidc-provider (" + format + ")";
    }

    @Override
    public String token() {
        return "/token";
    }

    @Override
    public String introspect() {
        return "/token/introspection";
    }

    @Override
    public boolean introspects() {
        return format.equals("opaque");
    }

    @Override
    public String clientId() {
        return "bench";
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
    }
}
