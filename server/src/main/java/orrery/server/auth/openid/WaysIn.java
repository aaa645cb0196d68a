package orrery.server.auth.openid;

import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.http.Answer;
import orrery.server.auth.federation.Federation;
import orrery.server.auth.federation.Purpose;
import orrery.server.iam.provider.Provider;
import orrery.server.iam.provider.Providers;

/// The ways to sign in at other providers, as the pages show them.
@Singleton
final class WaysIn {
    static final String PATH = "/oauth2/login/provider";

    /// Of an authorization request: the provider that the person is sent to without being asked.
    static final String PROVIDER = "provider";

    private final Database database;
    private final Providers providers;
    private final Federation federation;

    WaysIn(Database database, Providers providers, Federation federation) {
        this.database = database;
        this.providers = providers;
        this.federation = federation;
    }

    /// The part of a sign-in page that shows them.
    String shown(Grant grant, String interaction) {
        return database.read(grant, tx -> {
            var names = new LinkedHashMap<String, String>();
            providers.ofInstallation(tx).forEach(it -> names.put(it.id(), it.displayName()));
            return Screens.others(interaction, names, providers.isAnyRouted(tx));
        });
    }

    /// Whether people can sign in there now.
    ///
    /// @param provider identifier or name
    boolean knows(Grant grant, String provider) {
        return database.read(grant, tx -> providers.named(tx, provider)).isPresent();
    }

    /// Sends the browser to a provider.
    ///
    /// @param provider identifier or name
    /// @param email whom to ask for there; `null` for anybody
    /// @throws Problem.Failure [Problem.NotFound] when it signs in nobody, else as
    ///     [Federation#begin]
    Answer<?> go(Grant grant, String provider, @Nullable String email, Purpose purpose) {
        return go(database.read(grant, tx -> providers.named(tx, provider)).orElseThrow(
                () -> new Problem.NotFound("provider", provider).raise()), email, purpose);
    }

    /// Sends the browser to the provider that signs in people with such an address.
    Answer<?> goBy(Grant grant, String email, Purpose purpose) {
        return go(database.read(grant, tx -> providers.routed(tx, email)).orElseThrow(
                () -> new Problem.NotFound("provider for", email).raise()), email, purpose);
    }

    /// 303: the browser asks there by GET, and takes nothing along that it posted to us.
    private Answer<?> go(Provider provider, @Nullable String email, Purpose purpose) {
        var begun = federation.begin(provider, purpose, email);
        return Answer.redirect(begun.location()).status(303).cookie(begun.cookie())
                .header("Cache-Control", "no-store").header("Referrer-Policy", "no-referrer");
    }

    /// What a person is told who cannot be sent there.
    static String wrong(Problem.Failure refusal) {
        return switch (refusal.problem()) {
            case Problem.NotFound _ -> "Nobody with that address signs in at another provider"
                    + " here. Use your password.";
            case Problem.Unavailable _, Problem.Unprocessable _ -> "The provider does not answer"
                    + " as it should. Try again later, or use your password.";
            case Problem.PayloadTooLarge _ -> "The application asks for too much at once to sign"
                    + " in at another provider. Use your password.";
            default -> throw refusal;
        };
    }
}
