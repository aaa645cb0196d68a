package orrery.server.iam.role;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Every permission there is. A route may only ask for one of these, a role only hold one of these
/// or a pattern that covers some.
public final class Permissions {
    /// `service.resource: verbs`. `list` and `get` read, all others change something.
    private static final String TABLE = """
            org.organizations: list get create update delete suspend
            org.members: list update delete
            org.admins: delete
            org.ownership: update
            org.invitations: list get create delete
            org.projects: list get create update delete
            org.projects.quotas: update
            org.quotas: get update
            org.settings: get update
            iam.users: list get create update delete impersonate
            iam.roles: list get create update delete
            iam.groups: list get create update delete
            iam.groups.members: list get create delete
            iam.policies: list get create delete
            iam.apikeys: list get create update delete rotate
            iam.serviceaccounts: list get create update delete
            iam.serviceaccounts.credentials: list get create delete
            iam.providers: list get create update delete
            iam.clients: list get create update delete rotate
            auth.tokens: introspect revoke
            auth.checks: create
            auth.sessions: list get delete
            compute.clusters: list get create update delete
            compute.kubeconfigs: list get create download delete
            compute.instances: list get create update delete operate
            compute.networks: list get create update delete
            compute.subnets: list get create update delete
            compute.addresses: list get create delete operate
            compute.storage: list get create update delete operate
            compute.deploys: list get create update delete
            infrastructure.servers: list get create update delete provision validate operate logs
            infrastructure.pools: list get create update delete allocate
            infrastructure.storage: list get create update delete
            infrastructure.capacity: get
            platform.regions: list get create update delete
            platform.stacks: list get create update delete
            platform.instancetypes: create update delete
            platform.images: create update delete
            platform.gputypes: create update delete
            platform.settings: get update
            ai.inference: list get create update delete operate logs
            ai.training: list get create update delete operate logs
            studio.diagrams: list get create update delete run
            studio.runs: list get cancel
            studio.versions: list get create update
            studio.imports: list get create
            studio.diagnostics: get update
            studio.resources: list get create update delete logs exec
            studio.builds: list get create delete
            studio.templates: list get
            studio.plugins: list get update
            studio.registries: list get create update delete
            studio.dashboard: get
            studio.search: get
            workspace.workspaces: list get create delete connect
            workspace.files: get update
            workspace.apps: list get create operate
            workspace.blueprints: list get create update delete
            workspace.credentials: list get create update delete
            workspace.sessions: list get
            workspace.jobs: get
            workflows.runs: list get cancel retry
            audit.events: list get
            notifications.channels: list get create update delete
            webhooks.subscriptions: list get create update delete
            billing.usage: get
            billing.invoices: list get
            billing.plan: get update
            billing.prices: list get update
            analytics.reports: get export
            """;

    /// All names, in the order of the table.
    public static final Set<String> ALL = TABLE.lines()
            .flatMap(Permissions::expand)
            .collect(Collectors.collectingAndThen(
                    Collectors.toCollection(LinkedHashSet::new), Collections::unmodifiableSet));

    private static final Set<String> READS = Set.of("list", "get");

    private Permissions() {}

    /// Whether `pattern` is a permission or covers at least one.
    public static boolean knows(String pattern) {
        return ALL.contains(pattern) || !covered(pattern).isEmpty();
    }

    /// The permissions that only read, out of those that any of `patterns` covers.
    static Set<String> readsOf(String... patterns) {
        return Stream.of(patterns)
                .flatMap(pattern -> covered(pattern).stream())
                .filter(name -> READS.contains(name.substring(name.lastIndexOf('.') + 1)))
                .collect(Collectors.toUnmodifiableSet());
    }

    /// The permissions that `pattern` is or covers.
    public static List<String> covered(String pattern) {
        if (pattern.equals("*")) {
            return List.copyOf(ALL);
        }
        if (!pattern.endsWith(".*")) {
            return ALL.contains(pattern) ? List.of(pattern) : List.of();
        }
        var prefix = pattern.substring(0, pattern.length() - 1);
        return ALL.stream().filter(name -> name.startsWith(prefix)).toList();
    }

    private static Stream<String> expand(String line) {
        var colon = line.indexOf(':');
        return Stream.of(line.substring(colon + 2).split(" "))
                .map(verb -> line.substring(0, colon) + "." + verb);
    }
}
