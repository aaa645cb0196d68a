package orrery.server.iam.provider;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.secret.Secret;
import orrery.server.iam.provider.Provider.Endpoints;
import orrery.server.iam.provider.Provider.Kind;
import orrery.server.iam.provider.Provider.SignUp;

/// What somebody wants of a provider.
///
/// @param clientSecret `null` for none, or to keep what is there
public record ProviderTerms(
        @Nullable String name,
        String displayName,
        Kind kind,
        @Nullable String tenantDomain,
        Endpoints endpoints,
        @Nullable Secret clientSecret,
        SignUp signUp,
        @Nullable String joinOrganizationId,
        boolean enabled) {
    private static final Set<String> SCHEMES = Set.of("https", "http");
    private static final int LONGEST_URL = 1_000;
    private static final int LONGEST_ID = 255;
    private static final int LONGEST_SECRET = 4_096;
    private static final int MOST_SCOPES = 20;

    /// The same with its domain as DNS has it.
    ProviderTerms settled() {
        return new ProviderTerms(name, displayName, kind,
                tenantDomain == null ? null : Domains.read(tenantDomain).orElseThrow(), endpoints,
                clientSecret, signUp, joinOrganizationId, enabled);
    }

    /// Notes what is wrong with what every provider has.
    static Mistakes check(
            Mistakes mistakes, @Nullable String name, @Nullable String displayName,
            @Nullable String tenantDomain) {
        return Naming.check(mistakes, name, displayName, null)
                .check("tenantDomain", tenantDomain, it -> Domains.read(it).isPresent(),
                        "must be a domain such as example.com");
    }

    /// Notes what is wrong with a registration at the provider.
    static void check(
            Mistakes mistakes, @Nullable String clientId, @Nullable String clientSecret,
            @Nullable List<String> scopes) {
        mistakes.check("clientId", clientId,
                        it -> !it.isBlank() && it.length() <= LONGEST_ID,
                        "must have 1 to " + LONGEST_ID + " characters")
                .check("clientSecret", clientSecret,
                        it -> !it.isEmpty() && it.length() <= LONGEST_SECRET,
                        "must have 1 to " + LONGEST_SECRET + " characters")
                .check("scopes", scopes, it -> it.size() <= MOST_SCOPES
                                && it.stream().allMatch(one -> one != null
                                        && one.matches("[!#-\\[\\]-~]{1,100}")),
                        "must be at most " + MOST_SCOPES + " words");
    }

    /// Notes what is wrong with what ID tokens say of a second factor.
    static void checkMfa(Mistakes mistakes, @Nullable List<String> values) {
        mistakes.check("mfaValues", values, it -> it.size() <= MOST_SCOPES
                        && it.stream().allMatch(
                                one -> one != null && one.matches("[!-~]{1,255}")),
                "must be at most " + MOST_SCOPES + " values of acr or amr, such as mfa");
    }

    /// Notes what is wrong with an address of the provider. Whether we connect to it is asked when
    /// we do.
    static void checkUrl(Mistakes mistakes, String field, @Nullable String url) {
        mistakes.check(field, url, ProviderTerms::isGood,
                "must be an https:// address of at most " + LONGEST_URL
                        + " characters, without user and fragment");
    }

    private static boolean isGood(String url) {
        try {
            var uri = URI.create(url);
            return url.length() <= LONGEST_URL && uri.getHost() != null
                    && uri.getUserInfo() == null && uri.getFragment() == null
                    && SCHEMES.contains(String.valueOf(uri.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// Refuses plain HTTP, but at hosts that the operator named.
    void checkTls(Set<String> namedHosts) {
        var mistakes = new Mistakes();
        endpoints.urls().forEach((field, url) -> mistakes.unless(
                url.startsWith("https:") || namedHosts.contains(URI.create(url).getHost()),
                field, "must begin with https://"));
        mistakes.orRefuse();
    }
}
