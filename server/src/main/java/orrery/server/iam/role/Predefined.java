package orrery.server.iam.role;

import static orrery.server.iam.role.Permissions.readsOf;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import orrery.server.iam.role.Role.Level;

/// The roles that come with the server. They are the same in every organization and never change
/// but with a release.
public final class Predefined {
    /// What is worked with inside a project.
    private static final List<String> WORK = List.of(
            "compute.*", "ai.*", "studio.*", "workspace.*", "workflows.*");

    /// What anyone in an organization may look at, to find their way.
    private static final List<String> ORIENTATION = List.of(
            "org.organizations.get", "org.members.list", "org.projects.list", "org.quotas.get",
            "platform.regions.list", "platform.regions.get",
            "platform.stacks.list", "platform.stacks.get", "infrastructure.capacity.get",
            "studio.templates.list", "studio.templates.get", "studio.plugins.list",
            "workspace.blueprints.list", "workspace.blueprints.get");

    /// What admins of an organization do beyond the work in its projects.
    private static final List<String> ADMINISTRATION = List.of(
            "org.organizations.update", "org.members.*", "org.invitations.*", "org.projects.*",
            "org.settings.*",
            "iam.roles.*", "iam.groups.*", "iam.policies.*", "iam.apikeys.*",
            "iam.serviceaccounts.*", "iam.providers.*", "iam.clients.*",
            "iam.users.list", "iam.users.get", "iam.users.update", "iam.users.delete",
            "auth.*", "audit.*", "notifications.*", "webhooks.*", "analytics.*",
            "billing.usage.get", "billing.invoices.list", "billing.invoices.get",
            "billing.plan.get");

    /// "Admins build up, only owners tear down."
    private static final List<String> OWNERSHIP = List.of(
            "org.organizations.delete", "org.admins.delete", "org.ownership.update",
            "billing.plan.update");

    public static final Role SUPER_ADMIN =
            Role.predefined(Level.PLATFORM, "super_admin", "Platform owner", Set.of("*"));
    public static final Role OWNER = role(Level.ORGANIZATION, "owner", "Organization owner",
            ORIENTATION, ADMINISTRATION, OWNERSHIP, WORK);
    public static final Role ADMIN = role(Level.ORGANIZATION, "admin", "Organization admin",
            ORIENTATION, ADMINISTRATION, WORK);
    public static final Role MEMBER =
            role(Level.ORGANIZATION, "member", "Organization member", ORIENTATION);
    public static final Role PROJECT_ADMIN = role(Level.PROJECT, "admin", "Project admin",
            List.of("org.projects.get", "org.projects.update", "org.quotas.get"),
            List.of("org.members.list", "iam.policies.*"), WORK);
    public static final Role PROJECT_MEMBER = role(Level.PROJECT, "member", "Project member",
            List.of("org.projects.get", "org.quotas.get"), WORK);
    public static final Role VIEWER = role(Level.PROJECT, "viewer", "Project viewer",
            List.of("org.projects.get", "org.quotas.get"), readsOf(
                    "compute.*", "ai.*", "workflows.*", "studio.diagrams.*", "studio.runs.*",
                    "studio.versions.*", "studio.resources.*", "studio.builds.*",
                    "studio.dashboard.*", "workspace.workspaces.*", "workspace.jobs.*"));

    private static final Map<String, Role> PREDEFINED = new LinkedHashMap<>();

    static {
        Stream.of(
                        SUPER_ADMIN,
                        role(Level.PLATFORM, "provider_admin", "Provider admin",
                                List.of("org.*", "iam.*", "infrastructure.*", "platform.*",
                                        "compute.*", "workflows.*", "audit.*", "billing.*",
                                        "analytics.*")),
                        role(Level.PLATFORM, "provider_operator", "Provider operator",
                                List.of("infrastructure.*", "compute.*", "workflows.*"),
                                readsOf("org.*", "iam.users.*", "platform.*")),
                        role(Level.PLATFORM, "provider_revenue", "Provider revenue",
                                List.of("analytics.*", "billing.*"), readsOf("*")),
                        role(Level.PLATFORM, "support", "Support", readsOf(
                                "org.*", "iam.users.*", "infrastructure.*", "platform.*",
                                "compute.*", "workflows.*", "audit.*")),
                        OWNER, ADMIN, MEMBER, PROJECT_ADMIN, PROJECT_MEMBER, VIEWER)
                .forEach(role -> PREDEFINED.put(role.key(), role));
    }

    private Predefined() {}

    /// All of them, the widest level first.
    public static Collection<Role> all() {
        return PREDEFINED.values();
    }

    /// The role that a policy row names by its [Role#key]; empty for one that an organization made,
    /// or that a release took away.
    public static Optional<Role> byKey(String key) {
        return Optional.ofNullable(PREDEFINED.get(key));
    }

    /// The first one that an identifier or a name means.
    public static Optional<Role> find(String key) {
        return all().stream().filter(role -> role.id().equals(key) || role.name().equals(key))
                .findFirst();
    }

    @SafeVarargs
    private static Role role(
            Level level, String name, String displayName, Collection<String>... permissions) {
        var all = new HashSet<String>();
        for (var some : permissions) {
            all.addAll(some);
        }
        return Role.predefined(level, name, displayName, all);
    }
}
