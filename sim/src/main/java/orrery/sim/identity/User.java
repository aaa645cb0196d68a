package orrery.sim.identity;

import java.util.List;

/// Who asks (authentication/v1 UserInfo).
public record User(String name, String uid, List<String> groups) {
    public static final String MASTERS = "system:masters";
    public static final String AUTHENTICATED = "system:authenticated";
    private static final String ACCOUNT = "system:serviceaccount:";

    public static final User ANONYMOUS =
            new User("system:anonymous", "", List.of("system:unauthenticated"));

    public User {
        groups = List.copyOf(groups);
    }

    static User admin() {
        return new User("kubernetes-admin", "", List.of(MASTERS, AUTHENTICATED));
    }

    static User account(String namespace, String name, String uid) {
        return new User(ACCOUNT + namespace + ":" + name, uid,
                List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace,
                        AUTHENTICATED));
    }
}
