package orrery.server;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Set;
import java.util.random.RandomGenerator;
import orrery.kit.access.Access;
import orrery.kit.config.Configuration;
import orrery.kit.events.Epochs;
import orrery.kit.events.Signals;
import orrery.server.auth.federation.StudioPages;
import orrery.server.auth.login.Founding;
import orrery.server.auth.login.Passwords;
import orrery.server.auth.session.SessionCookie;
import orrery.server.auth.setup.SetupCode;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.SigningKeys;
import orrery.server.iam.policy.Evaluator;
import orrery.server.iam.provider.Reaching;
import orrery.server.iam.provider.Upstream;

/// What identity is made of, where a constructor alone does not say it.
@ApplicationScoped
class IdentityWiring {
    /// What tokens say who issued them where no public URL is set. Not the address that this one
    /// process listens on: all processes on one database take each other's tokens.
    private static final String ISSUER = "http://127.0.0.1:8080";

    /// A hash takes 19 MiB and one core.
    private static final int HASHES_AT_ONCE = 2;

    @Produces
    @Singleton
    Access access(Evaluator evaluator, Clock clock) {
        return new Access(evaluator, clock);
    }

    @Produces
    @Singleton
    Epochs epochs(Signals signals) {
        return signals.epochs();
    }

    @Produces
    @Singleton
    Passwords passwords(RandomGenerator random) {
        return new Passwords(Passwords.STANDARD, random, HASHES_AT_ONCE);
    }

    @Produces
    @Singleton
    AccessTokens accessTokens(SigningKeys keys, Listening listening, Clock clock) {
        var url = listening.publicUrl();
        // Clients put paths behind it, and compare it letter by letter.
        return new AccessTokens(keys, url == null ? ISSUER
                : url.toString().replaceFirst("/+$", ""), clock);
    }

    @Produces
    @Singleton
    Federating federating(Configuration settings) {
        return settings.get(Federating.class);
    }

    @Produces
    @Singleton
    Reaching reaching(Federating federating, AccessTokens tokens) {
        return new Reaching(tokens.issuer(), Set.copyOf(federating.providerHosts()),
                federating.nameServer());
    }

    @Produces
    @Singleton
    Upstream upstream(Reaching reaching) {
        return new Upstream(reaching);
    }

    /// By default the studio's pages are this server's, on the issuer's address.
    @Produces
    @Singleton
    StudioPages studioPages(Federating federating, AccessTokens tokens) {
        var url = federating.studioUrl();
        var base = url == null ? tokens.issuer() : url.toString().replaceFirst("/+$", "");
        return new StudioPages(base, base.equals(tokens.issuer()));
    }

    @Produces
    @Singleton
    SessionCookie sessionCookie(Listening listening) {
        var url = listening.publicUrl();
        return new SessionCookie(listening.usesTls()
                || url != null && "https".equals(url.getScheme()));
    }

    @Produces
    @Singleton
    SetupCode setupCode(Storing storing, Founding founding, RandomGenerator random) {
        return new SetupCode(storing.data(), founding::isAwaited, random);
    }
}
