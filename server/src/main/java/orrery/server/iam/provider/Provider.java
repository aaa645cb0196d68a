package orrery.server.iam.provider;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.mapper.Nested;
import org.jspecify.annotations.Nullable;

/// Another program that says who people are: an OpenID provider, GitHub or GitLab.
///
/// @param organizationId whose it is, and whose people it signs in; `null` for one of the whole
///     installation, which its operators made
/// @param name unique in the organization, or in the installation
/// @param tenantDomain whose people it knows, in lower case; `null` for nobody's in particular
/// @param challenge what DNS must say to prove the domain
/// @param provedAt when the domain was proved; it routes nobody before
/// @param approvedBy the operator who vouched for it; `null` when DNS proves it
/// @param missingSince since when DNS proves it no longer ([DomainWatch]); `null` while it does
/// @param endpoints where it is, and as whom we come
/// @param signUp whom it makes an account for
/// @param joinOrganizationId where new people belong to; `null` for nowhere
public record Provider(
        String id,
        @Nullable String organizationId,
        String name,
        String displayName,
        Kind kind,
        @Nullable String tenantDomain,
        String challenge,
        @Nullable Instant provedAt,
        @Nullable String approvedBy,
        @Nullable Instant missingSince,
        @Nested Endpoints endpoints,
        SignUp signUp,
        @Nullable String joinOrganizationId,
        boolean enabled,
        String createdBy,
        long version,
        Instant createdAt,
        Instant updatedAt) {

    public enum Kind { OIDC, GITHUB, GITLAB }

    /// Whom a provider makes an account for: those whose verified address lies in its proved
    /// domain, everybody whom it signs in, or nobody but those who linked it themselves.
    public enum SignUp { DOMAIN, ANYONE, NOBODY }

    /// Where a provider is, and as whom we come.
    ///
    /// @param discoveryUrl of [Kind#OIDC]; the others have the four that follow
    /// @param emailsUrl tells all addresses of a person; `null` where the person's own page does
    /// @param mfaValues what an ID token says (`acr`, or among `amr`) of who showed a second factor
    ///     there; with none of them its word for that is not taken
    public record Endpoints(
            String clientId,
            @Nullable String discoveryUrl,
            @Nullable String authorizationUrl,
            @Nullable String tokenUrl,
            @Nullable String userinfoUrl,
            @Nullable String emailsUrl,
            List<String> scopes,
            List<String> mfaValues) {
        public Endpoints {
            scopes = List.copyOf(scopes);
            mfaValues = List.copyOf(mfaValues);
        }

        /// The addresses that somebody named, by the field that names each.
        Map<String, String> urls() {
            var all = new LinkedHashMap<String, String>();
            put(all, "oidcConfig.discoveryUrl", discoveryUrl);
            put(all, "oauthConfig.authorizationUrl", authorizationUrl);
            put(all, "oauthConfig.tokenUrl", tokenUrl);
            put(all, "oauthConfig.userinfoUrl", userinfoUrl);
            put(all, "oauthConfig.emailsUrl", emailsUrl);
            return all;
        }

        private static void put(Map<String, String> all, String field, @Nullable String url) {
            if (url != null) {
                all.put(field, url);
            }
        }
    }

    /// Whose identities it speaks of: what an organization's provider says counts for that
    /// organization's providers only.
    public String realm() {
        return organizationId == null ? "" : organizationId;
    }

    /// Whether what it said before still counts: it is where it was, knows us as before, and is
    /// trusted no less.
    boolean isSameAs(Provider before) {
        return endpoints.urls().equals(before.endpoints.urls())
                && endpoints.clientId().equals(before.endpoints.clientId())
                && endpoints.mfaValues().containsAll(before.endpoints.mfaValues());
    }

    /// The same, proved or not.
    Provider proved(@Nullable Instant at, @Nullable String operator) {
        return new Provider(id, organizationId, name, displayName, kind, tenantDomain, challenge,
                at, operator, null, endpoints, signUp, joinOrganizationId, enabled, createdBy,
                version, createdAt, updatedAt);
    }

    /// Whether people with an address of its domain may be sent to it.
    public boolean isProved() {
        return tenantDomain != null && provedAt != null;
    }

    /// Whether an address lies in its proved domain.
    public boolean covers(String email) {
        return isProved() && Domains.of(email).filter(tenantDomain::equals).isPresent();
    }
}
