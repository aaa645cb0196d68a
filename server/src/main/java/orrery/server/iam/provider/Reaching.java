package orrery.server.iam.provider;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How we reach other providers, as the operator set it, and how they reach us.
///
/// @param issuer our own address, without a slash at its end
/// @param namedHosts hosts of providers that may lie on loopback or in private networks and speak
///     plain HTTP, because the operator named them
/// @param nameServer where domain proofs are looked up, `host` or `host:port`; `null` for the
///     system's
public record Reaching(String issuer, Set<String> namedHosts, @Nullable String nameServer) {
    /// Where a provider sends browsers back to, unless the studio family asked.
    public static final String CALLBACK = "/v1/regions/global/auth/callback/";

    public static final String STUDIO = "/v1/api/auth/oauth/";

    public Reaching {
        namedHosts = Set.copyOf(namedHosts);
    }

    /// The address to register at the provider.
    public String callback(Provider provider) {
        return issuer + CALLBACK + provider.id();
    }

    /// The other one, of the studio family. It names the installation's providers by name.
    public String studioCallback(Provider provider) {
        return issuer + STUDIO
                + Optional.ofNullable(provider.organizationId()).map(_ -> provider.id())
                        .orElse(provider.name())
                + "/callback";
    }
}
