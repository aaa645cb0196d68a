package orrery.server.auth.exchange;

import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.server.auth.client.Scopes;
import orrery.server.auth.session.Proof;
import orrery.server.iam.user.User;

/// What we tell clients of a person (OpenID Connect Core 5.1, 5.4).
@Singleton
public final class PersonClaims {
    private static final List<String> PROFILE =
            List.of("name", "preferred_username", "updated_at");
    private static final List<String> EMAIL = List.of("email", "email_verified");

    /// Everything that can be asked for by name.
    public static final List<String> ALL = List.of("sub", "name", "preferred_username",
            "updated_at", "email", "email_verified", "auth_time", "acr", "amr");

    /// How the person signed in is always said; whom it was, as far as it is asked for.
    ///
    /// @param asked by name; scopes alone put nothing into an ID token of the code flow
    Map<String, Object> inIdToken(User user, Proof proof, Set<String> asked) {
        var said = new HashMap<String, Object>(only(user, asked));
        said.put("acr", proof.level().acr());
        said.put("amr", proof.amr());
        return said;
    }

    /// What the userinfo endpoint says.
    public Map<String, Object> userinfo(User user, Terms terms) {
        var wanted = new HashSet<>(terms.userinfoClaims());
        if (terms.scopes().contains(Scopes.PROFILE)) {
            wanted.addAll(PROFILE);
        }
        if (terms.scopes().contains(Scopes.EMAIL)) {
            wanted.addAll(EMAIL);
        }
        var said = new LinkedHashMap<String, Object>();
        said.put("sub", user.id());
        said.putAll(only(user, wanted));
        return said;
    }

    private static Map<String, Object> only(User user, Set<String> names) {
        var all = new LinkedHashMap<String, Object>();
        all.put("name", user.name());
        all.put("preferred_username", user.username());
        all.put("updated_at", user.updatedAt().getEpochSecond());
        all.put("email", user.email());
        all.put("email_verified", user.emailVerified());
        all.keySet().retainAll(names);
        return all;
    }
}
