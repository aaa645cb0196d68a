package orrery.sim.api;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import orrery.sim.identity.User;
import orrery.sim.rbac.Attributes;
import orrery.sim.rbac.Authorizer;
import orrery.sim.store.Cluster;
import orrery.sim.type.Refusal;

/// Acting as somebody else (`Impersonate-User`, `-Uid`, `-Group`), for those whose
/// roles allow the verb `impersonate` on that user and each group.
final class Impersonation {
    private static final String ACCOUNT = "system:serviceaccount:";
    private static final int MAX_GROUPS = 64;

    private Impersonation() {}

    /// Whom the request is to be judged as.
    ///
    /// @throws Refusal 400 for groups without a user, 403 when the sender may not
    static User of(Cluster cluster, User sender, MultiMap headers) {
        String name = headers.get("Impersonate-User");
        List<String> groups = headers.getAll("Impersonate-Group");
        if (name == null) {
            if (!groups.isEmpty() || headers.contains("Impersonate-Uid")) {
                throw Refusal.badRequest("Impersonate-User is missing beside the other"
                        + " impersonation headers");
            }
            return sender;
        }
        if (groups.size() > MAX_GROUPS) {
            throw Refusal.badRequest("more than " + MAX_GROUPS + " Impersonate-Group headers");
        }
        List<String> all = new ArrayList<>(groups);
        if (name.startsWith(ACCOUNT) && name.split(":").length == 4) {
            String[] parts = name.split(":");
            require(cluster, sender, "serviceaccounts", parts[2], parts[3]);
            if (groups.isEmpty()) {
                all.addAll(List.of("system:serviceaccounts",
                        "system:serviceaccounts:" + parts[2]));
            }
        } else {
            require(cluster, sender, "users", "", name);
        }
        groups.forEach(group -> require(cluster, sender, "groups", "", group));
        if (!all.contains(User.AUTHENTICATED)) {
            all.add(User.AUTHENTICATED);
        }
        String uid = headers.get("Impersonate-Uid");
        return new User(name, uid == null ? "" : uid, all);
    }

    private static void require(
            Cluster cluster, User sender, String resource, String namespace, String name) {
        Attributes asked = Attributes.of("impersonate", "", resource, namespace, name);
        if (!Authorizer.allows(cluster, sender, asked)) {
            throw Refusal.forbidden(
                    new Refusal.ResourceRef("", resource, resource, name),
                    "User \"%s\" cannot impersonate resource \"%s\" in API group \"\"".formatted(
                            sender.name(), resource));
        }
    }
}
