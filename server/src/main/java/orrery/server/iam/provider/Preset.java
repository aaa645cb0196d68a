package orrery.server.iam.provider;

import java.util.List;
import org.jspecify.annotations.Nullable;
import orrery.server.iam.provider.Provider.Kind;

/// What is the same at every GitHub or GitLab: where their endpoints are, and what must be asked
/// for to learn who somebody is.
record Preset(
        String authorization, String token, String userinfo, @Nullable String emails,
        List<String> scopes) {
    static final List<String> OPENID_SCOPES = List.of("openid", "profile", "email");

    private static final String GITHUB = "https://github.com";
    private static final String GITLAB = "https://gitlab.com";

    /// @param base where the installation is; `null` for the public one
    static Preset of(Kind kind, @Nullable String base) {
        var at = base == null ? null : base.replaceFirst("/+$", "");
        return switch (kind) {
            case GITHUB -> gitHub(at == null ? GITHUB : at);
            case GITLAB -> gitLab(at == null ? GITLAB : at);
            case OIDC -> throw new IllegalArgumentException("an OpenID provider says it itself");
        };
    }

    private static Preset gitHub(String base) {
        var api = base.equals(GITHUB) ? "https://api.github.com" : base + "/api/v3";
        return new Preset(base + "/login/oauth/authorize", base + "/login/oauth/access_token",
                api + "/user", api + "/user/emails", List.of("read:user", "user:email"));
    }

    /// The person's own page says whether the address was confirmed.
    private static Preset gitLab(String base) {
        return new Preset(base + "/oauth/authorize", base + "/oauth/token",
                base + "/api/v4/user", null, List.of("read_user"));
    }
}
