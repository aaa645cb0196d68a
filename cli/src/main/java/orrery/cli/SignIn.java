package orrery.cli;

import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which server, and who one is there: what commands that sign in are told.
public final class SignIn {
    @Option(names = "--url", description = "The server (${DEFAULT-VALUE}).",
            defaultValue = "${env:ORRERY_URL:-http://127.0.0.1:8080}")
    private URI url;

    @Option(names = "--email", description = "Your account, where there is one.",
            defaultValue = "${env:ORRERY_EMAIL}")
    private @Nullable String email;

    @Option(names = "--password", description = "Its password; better given as ORRERY_PASSWORD.",
            defaultValue = "${env:ORRERY_PASSWORD}")
    private @Nullable String password;

    /// The server, for nobody yet.
    ///
    /// @param away how long it may be away
    public Api server(Duration away) {
        return Api.at(url, UUID::randomUUID, away);
    }

    URI url() {
        return url;
    }

    public @Nullable String email() {
        return email;
    }

    public @Nullable String password() {
        return password;
    }
}
