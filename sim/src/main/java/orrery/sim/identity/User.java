package orrery.sim.identity;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Who asks (authentication/v1 UserInfo).
///
/// @param extra what else the credential says: the pod that a service account's token is bound to
public record User(
        String name, String uid, List<String> groups, Map<String, List<String>> extra) {
    public static final String MASTERS = "system:masters";
    public static final String AUTHENTICATED = "system:authenticated";
    private static final String ACCOUNT = "system:serviceaccount:";

    public static final User ANONYMOUS =
            new User("system:anonymous", "", List.of("system:unauthenticated"));

    public User {
        groups = List.copyOf(groups);
        extra = new TreeMap<>(extra);
    }

    public User(String name, String uid, List<String> groups) {
        this(name, uid, groups, Map.of());
    }

    static User admin() {
        return new User("kubernetes-admin", "", List.of(MASTERS, AUTHENTICATED));
    }

    static User account(
            String namespace, String name, String uid, Map<String, List<String>> extra) {
        return new User(ACCOUNT + namespace + ":" + name, uid,
                List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace,
                        AUTHENTICATED), extra);
    }
}
