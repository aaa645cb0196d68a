package orrery.server.auth.openid;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import orrery.server.auth.exchange.PersonClaims;
import orrery.server.auth.exchange.Terms;
import orrery.server.auth.session.Proof;

/// What a client asks a person for (OpenID Connect Core 3.1.2.1), all of it checked.
///
/// @param parameters as they came, to go on with after a page
/// @param challenge of the code (RFC 7636); `null` where the client need not give one
/// @param maxAge seconds since the person last proved who they are; `null` for any
/// @param subject the only person who may answer; `null` for anybody
/// @param wanted what the sign-in must be worth; `null` for anything
/// @param loginHint what to fill into the sign-in page
record AuthorizationRequest(
        Map<String, String> parameters,
        Target target,
        Terms terms,
        @Nullable String challenge,
        Set<String> prompt,
        @Nullable Long maxAge,
        @Nullable String subject,
        @Nullable Wanted wanted,
        @Nullable String loginHint) {

    /// @param isEssential whether the client takes nothing less (`claims`); else it is a wish
    ///     (`acr_values`)
    record Wanted(Proof.Level level, boolean isEssential) {}

    boolean isEssential() {
        return wanted != null && wanted.isEssential();
    }

    /// Whether a sign-in is worth less than what is wanted.
    boolean wantsMoreThan(Proof proof) {
        return wanted != null && proof.level().compareTo(wanted.level()) < 0;
    }

    /// What the person is to allow: the scopes, and those that claims asked for by name belong to.
    Set<String> wishes() {
        return Stream.of(terms.scopes().stream(),
                        terms.idTokenClaims().stream().map(PersonClaims::scopeOf),
                        terms.userinfoClaims().stream().map(PersonClaims::scopeOf))
                .flatMap(names -> names).filter(Objects::nonNull).collect(Collectors.toSet());
    }

    boolean mayAsk() {
        return !prompt.contains("none");
    }

    boolean wantsSignIn() {
        return prompt.contains("login") || prompt.contains("select_account");
    }

    boolean wantsConsent() {
        return prompt.contains("consent");
    }

    /// What reading a request comes to.
    sealed interface Read {
        record Good(AuthorizationRequest request) implements Read {}

        /// @param error of RFC 6749 4.1.2.1 or OpenID Connect Core 3.1.2.6
        record Wrong(Target target, String error, String description) implements Read {}

        /// It names no client, or an address that the client did not register: nobody is told but
        /// the person in front.
        record Nowhere(String cause) implements Read {}
    }
}
