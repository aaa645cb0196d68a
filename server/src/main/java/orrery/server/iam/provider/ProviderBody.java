package orrery.server.iam.provider;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.http.Patch;
import orrery.kit.secret.Secret;
import orrery.server.iam.provider.Provider.Endpoints;
import orrery.server.iam.provider.Provider.Kind;
import orrery.server.iam.provider.Provider.SignUp;

/// What the cloud family's clients send about providers.
final class ProviderBody {
    private ProviderBody() {}

    /// An OpenID provider.
    ///
    /// @param discoveryUrl ends in `/.well-known/openid-configuration`
    /// @param clientSecret never shown again
    /// @param mfaValues what its ID tokens say, as `acr` or among `amr`, of who showed a second
    ///     factor there; left out, its word for that is not taken
    record Oidc(
            String discoveryUrl,
            String clientId,
            @Nullable String clientSecret,
            @Nullable List<String> scopes,
            @Nullable List<String> mfaValues) {
        Oidc {
            var mistakes = new Mistakes();
            ProviderTerms.checkUrl(mistakes, "discoveryUrl", discoveryUrl);
            ProviderTerms.check(mistakes, clientId, clientSecret, scopes);
            ProviderTerms.checkMfa(mistakes, mfaValues);
            mistakes.orRefuse();
        }

        Endpoints endpoints() {
            return new Endpoints(clientId, discoveryUrl, null, null, null, null,
                    scopes == null ? Preset.OPENID_SCOPES : withOpenId(scopes),
                    or(mfaValues, List.of()));
        }

        private static List<String> withOpenId(List<String> scopes) {
            return Stream.concat(Stream.of("openid"), scopes.stream()).distinct().toList();
        }
    }

    /// GitHub or GitLab.
    ///
    /// @param baseUrl where the installation is; the public one when left out
    /// @param authorizationUrl and the others: only where they are not at their usual places
    record Plain(
            String clientId,
            @Nullable String clientSecret,
            @Nullable String baseUrl,
            @Nullable String authorizationUrl,
            @Nullable String tokenUrl,
            @Nullable String userinfoUrl,
            @Nullable String emailsUrl,
            @Nullable List<String> scopes) {
        Plain {
            var mistakes = new Mistakes();
            ProviderTerms.check(mistakes, clientId, clientSecret, scopes);
            ProviderTerms.checkUrl(mistakes, "baseUrl", baseUrl);
            ProviderTerms.checkUrl(mistakes, "authorizationUrl", authorizationUrl);
            ProviderTerms.checkUrl(mistakes, "tokenUrl", tokenUrl);
            ProviderTerms.checkUrl(mistakes, "userinfoUrl", userinfoUrl);
            ProviderTerms.checkUrl(mistakes, "emailsUrl", emailsUrl);
            mistakes.orRefuse();
        }

        Endpoints endpoints(Kind kind) {
            var usual = Preset.of(kind, baseUrl);
            return new Endpoints(clientId, null, or(authorizationUrl, usual.authorization()),
                    or(tokenUrl, usual.token()), or(userinfoUrl, usual.userinfo()),
                    emailsUrl == null ? usual.emails() : emailsUrl, or(scopes, usual.scopes()),
                    List.of());
        }
    }

    /// @param tenantDomain whose people it knows; GitHub and GitLab may do without
    /// @param kind `oidc` when left out
    /// @param oidcConfig for `oidc`, and `oauthConfig` for the others
    /// @param orgId the organization; the caller's own when left out, `*` for the installation
    /// @param signUp whom it makes accounts for; `domain` when left out
    /// @param joinOrganizationId where new people of one of the installation's belong to
    record New(
            @Nullable String name,
            String displayName,
            @Nullable String tenantDomain,
            @Nullable Kind kind,
            @Nullable Oidc oidcConfig,
            @Nullable Plain oauthConfig,
            @Nullable String orgId,
            @Nullable SignUp signUp,
            @Nullable String joinOrganizationId,
            @Nullable Boolean enabled) {
        New {
            var isOidc = kind == null || kind == Kind.OIDC;
            ProviderTerms.check(new Mistakes(), name, displayName, tenantDomain)
                    .unless(isOidc == (oidcConfig != null), "oidcConfig",
                            isOidc ? "is required" : "is for providers of kind oidc")
                    .unless(isOidc != (oauthConfig != null), "oauthConfig",
                            isOidc ? "is for providers of kind github or gitlab" : "is required")
                    .unless(!isOidc || tenantDomain != null || "*".equals(orgId),
                            "tenantDomain", "is required")
                    .orRefuse();
        }

        ProviderTerms terms(@Nullable String join) {
            var which = or(kind, Kind.OIDC);
            var secret = oidcConfig != null ? oidcConfig.clientSecret()
                    : Objects.requireNonNull(oauthConfig).clientSecret();
            return new ProviderTerms(name, displayName, which, tenantDomain,
                    oidcConfig != null ? oidcConfig.endpoints()
                            : Objects.requireNonNull(oauthConfig).endpoints(which),
                    secret == null ? null : Secret.of(secret), or(signUp, SignUp.DOMAIN), join,
                    or(enabled, true));
        }

        @Override
        public String toString() {
            return "provider " + displayName;
        }
    }

    /// @param oidcConfig and `oauthConfig` are given whole, but for a secret that stays
    record Change(
            Patch<String> name,
            Patch<String> displayName,
            Patch<String> tenantDomain,
            Patch<Oidc> oidcConfig,
            Patch<Plain> oauthConfig,
            Patch<SignUp> signUp,
            Patch<String> joinOrganizationId,
            Patch<Boolean> enabled) {
        Change {
            ProviderTerms.check(new Mistakes(), name.or(null), displayName.or(null),
                            tenantDomain.or(null))
                    .unless(List.of(name, displayName, tenantDomain, oidcConfig, oauthConfig,
                                    signUp, joinOrganizationId, enabled).stream()
                                    .anyMatch(patch -> !patch.isAbsent()),
                            "body", "must change something")
                    .orRefuse();
        }

        ProviderTerms of(Provider old, @Nullable String join) {
            var oidc = oidcConfig.or(null);
            var plain = oauthConfig.or(null);
            var isOidc = old.kind() == Kind.OIDC;
            new Mistakes().unless(isOidc || oidc == null, "oidcConfig",
                            "is for providers of kind oidc")
                    .unless(!isOidc || plain == null, "oauthConfig",
                            "is for providers of kind github or gitlab")
                    .unless(!isOidc || old.organizationId() == null
                                    || !(tenantDomain instanceof Patch.Clear),
                            "tenantDomain", "cannot be cleared")
                    .orRefuse();
            var secret = oidc != null ? oidc.clientSecret()
                    : plain != null ? plain.clientSecret() : null;
            return new ProviderTerms(name.or(old.name()),
                    or(displayName.or(old.displayName()), old.displayName()), old.kind(),
                    tenantDomain.or(old.tenantDomain()),
                    oidc != null ? oidc.endpoints()
                            : plain != null ? plain.endpoints(old.kind()) : old.endpoints(),
                    secret == null ? null : Secret.of(secret),
                    or(signUp.or(old.signUp()), old.signUp()), join,
                    or(enabled.or(old.enabled()), old.enabled()));
        }

        @Override
        public String toString() {
            return "change of a provider";
        }
    }

    private static <T> T or(@Nullable T value, T other) {
        return Objects.requireNonNullElse(value, other);
    }
}
