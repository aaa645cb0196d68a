package orrery.server.auth.exchange;

import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;
import orrery.kit.http.Json;
import orrery.server.auth.client.Scopes;
import orrery.server.auth.session.Proof;
import orrery.server.iam.user.Profiles;
import orrery.server.iam.user.SelfClaims;
import orrery.server.iam.user.User;

/// What we tell clients of a person (OpenID Connect Core 5.1, 5.4).
@Singleton
public final class PersonClaims {
    private static final String PHONE_VERIFIED = "phone_number_verified";

    /// What each scope asks for (OpenID Connect Core 5.4).
    private static final Map<String, List<String>> OF_SCOPE = Map.of(
            Scopes.PROFILE, Stream.concat(Stream.of("name", "preferred_username", "updated_at"),
                    SelfClaims.PROFILE.stream()).toList(),
            Scopes.EMAIL, List.of("email", "email_verified"),
            Scopes.ADDRESS, List.of(SelfClaims.ADDRESS),
            Scopes.PHONE, List.of(SelfClaims.PHONE, PHONE_VERIFIED));

    /// Everything that can be asked for by name.
    public static final List<String> ALL = Stream.of(Stream.of("sub"),
            Scopes.ALL.stream().flatMap(scope -> OF_SCOPE.getOrDefault(scope, List.of()).stream()),
            Stream.of("auth_time", "acr", "amr")).flatMap(names -> names).toList();

    /// The scope that asks for a claim; `null` for those that say nothing of the person.
    public static @Nullable String scopeOf(String claim) {
        return OF_SCOPE.entrySet().stream().filter(one -> one.getValue().contains(claim))
                .map(Map.Entry::getKey).findFirst().orElse(null);
    }

    private final Profiles profiles;

    PersonClaims(Profiles profiles) {
        this.profiles = profiles;
    }

    /// How the person signed in is always said; whom it was, as far as it is asked for.
    ///
    /// @param asked by name; scopes alone put nothing into an ID token of the code flow
    Map<String, Object> inIdToken(Tx tx, User user, Proof proof, Set<String> asked) {
        var said = new HashMap<String, Object>(only(tx, user, asked));
        said.put("acr", proof.level().acr());
        said.put("amr", proof.amr());
        return said;
    }

    /// What the userinfo endpoint says.
    public Map<String, Object> userinfo(Tx tx, User user, Terms terms) {
        var wanted = new HashSet<>(terms.userinfoClaims());
        terms.scopes().forEach(scope -> wanted.addAll(OF_SCOPE.getOrDefault(scope, List.of())));
        var said = new LinkedHashMap<String, Object>();
        said.put("sub", user.id());
        said.putAll(only(tx, user, wanted));
        return said;
    }

    private Map<String, Object> only(Tx tx, User user, Set<String> names) {
        var all = new LinkedHashMap<String, Object>();
        all.put("name", user.name());
        all.put("preferred_username", user.username());
        all.put("updated_at", user.updatedAt().getEpochSecond());
        all.put("email", user.email());
        all.put("email_verified", user.emailVerified());
        if (names.stream().anyMatch(PersonClaims::isSelf)) {
            profiles.claims(tx, user.id()).propertyStream()
                    .forEach(one -> all.put(one.getKey(), Json.shared().convertValue(
                            one.getValue(), Object.class)));
            if (all.containsKey(SelfClaims.PHONE)) {
                all.put(PHONE_VERIFIED, false);
            }
        }
        all.keySet().retainAll(names);
        return all;
    }

    private static boolean isSelf(String name) {
        return SelfClaims.PROFILE.contains(name) || name.equals(SelfClaims.ADDRESS)
                || name.equals(SelfClaims.PHONE) || name.equals(PHONE_VERIFIED);
    }
}
