package orrery.server.compute.subnet;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.Deleted;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Locator;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.compute.network.Cidr;
import orrery.server.compute.network.Network;
import orrery.server.compute.network.Networks;
import orrery.server.iam.policy.Reach;
import orrery.server.tenancy.project.Contents;
import orrery.server.tenancy.project.Labels;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.region.Regions;

/// The subnets of projects. Everybody looks at them, operators make them: those of a network, and
/// the external ones that hold a region's public addresses.
@Singleton
public final class Subnets implements Contents, Locator {
    static final String KIND = "subnet";

    private final SubnetTable table = new SubnetTable();
    private final AddressSpace space = new AddressSpace();
    private final Database database;
    private final Projects projects;
    private final Regions regions;
    private final Networks networks;
    private final Events events;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Subnets(Database database, Projects projects, Regions regions, Networks networks,
            Events events, Paging paging, Ids ids, Clock clock) {
        this.database = database;
        this.projects = projects;
        this.regions = regions;
        this.networks = networks;
        this.events = events;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// What may be changed of a subnet, in full: what it was, or what it shall be.
    public record Change(
            @Nullable String displayName,
            @Nullable String description,
            Map<String, String> labels) {
        public Change {
            labels = Map.copyOf(labels);
            var mistakes = Naming.check(new Mistakes(), null, displayName, description);
            Labels.check(mistakes, "labels", labels);
            mistakes.orRefuse();
        }
    }

    /// One page of those of the grant's project in a region, the newest first.
    ///
    /// @param region code; `global` for all
    public Page<Subnet> list(Grant grant, String region, PageAsk ask) {
        return database.read(grant, tx -> table.list(tx, paging, ask,
                Reach.project(project(grant)), regions.checked(tx, region)));
    }

    /// @param region code; `global` for any
    /// @param idOrName identifier or name
    public Subnet get(Grant grant, String region, String idOrName, Deleted deleted) {
        return database.read(grant, tx -> table.rows.get(
                tx, project(grant), Regions.one(region), idOrName, deleted));
    }

    /// Makes a subnet, all of it free.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] for a range that is not in the network,
    ///     [Problem.AlreadyExists] for the name, [Problem.Conflict] when another has addresses
    ///     of the range
    public Subnet create(Grant grant, String region, NewSubnet asked) {
        return database.tx(grant, tx -> {
            projects.hold(tx, grant.scope());
            regions.check(tx, region);
            var network = asked.network() == null ? null
                    : networks.lock(tx, grant.scope(), region, asked.network());
            var subnet = build(grant, region, asked, network);
            if (network == null) {
                table.lockRanges(tx, region);
                verifyFree(table.holdExternal(tx, region), subnet);
            } else {
                verifyInside(network, subnet);
                verifyFree(table.ofNetwork(tx, network.id()), subnet);
            }
            space.add(tx, subnet, network == null ? null : network.gateway());
            events.append(tx, event("subnet.created", subnet));
            return table.rows.get(tx, subnet.id());
        });
    }

    private Subnet build(
            Grant grant, String region, NewSubnet asked, @Nullable Network network) {
        var id = ids.next("sub");
        var now = clock.instant();
        return new Subnet(id, grant.scope().requireOrganization(), project(grant), region,
                asked.name() == null ? Slug.of(KIND, id) : asked.name(), asked.displayName(),
                asked.description(), asked.labels(), asked.role(),
                network == null ? null : network.id(), canonical(asked.ipv4Cidr()),
                canonical(asked.ipv6Cidr()), 1, grant.principal().id(), now, now, null);
    }

    private static @Nullable String canonical(@Nullable String range) {
        return range == null ? null : Cidr.parse(range).orElseThrow().toString();
    }

    private static void verifyInside(Network network, Subnet subnet) {
        var whole = Cidr.parse(network.cidr()).orElseThrow();
        var outside = subnet.ranges().stream().filter(range -> !whole.contains(range))
                .map(range -> new Mistake(range.isIpv4() ? "ipv4Cidr" : "ipv6Cidr",
                        "must lie in " + whole + ", which network " + network.name() + " has"))
                .toList();
        if (!outside.isEmpty()) {
            throw new Problem.Unprocessable(outside).raise();
        }
    }

    private static void verifyFree(List<Subnet> siblings, Subnet asked) {
        for (var sibling : siblings) {
            for (var theirs : sibling.ranges()) {
                if (asked.ranges().stream().anyMatch(theirs::overlaps)) {
                    throw new Problem.Conflict(KIND, sibling.id(), "has " + theirs + ", which"
                            + " overlaps what is asked for; choose another range").raise();
                }
            }
        }
    }

    /// Changes the texts and labels.
    ///
    /// @param change makes the new ones of the old ones
    /// @param expected the version that the caller knows, if it cares
    public Subnet change(Grant grant, String region, String idOrName,
            Function<Subnet, Change> change, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = table.rows.lock(
                    tx, project(grant), Regions.one(region), idOrName);
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            var to = change.apply(found);
            table.rows.describe(tx, found.id(), to.displayName(), to.description(), to.labels(),
                    clock.instant());
            events.append(tx, event("subnet.updated", found));
            return table.rows.get(tx, found.id());
        });
    }

    /// Deletes a subnet.
    ///
    /// @throws Problem.Failure [Problem.InUse] while somebody has an address of it, or a cluster
    ///     is in its network
    public void delete(Grant grant, String region, String idOrName, OptionalLong expected) {
        database.write(grant, tx -> {
            var found = table.rows.lock(
                    tx, project(grant), Regions.one(region), idOrName);
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            delete(tx, found);
        });
    }

    private void delete(Tx tx, Subnet found) {
        var users = new ArrayList<>(table.addresses(tx, found.id()));
        if (found.networkId() != null) {
            users.addAll(networks.users(tx, found.networkId()));
        }
        if (!users.isEmpty()) {
            throw new Problem.InUse(KIND, found.id(), users).raise();
        }
        space.remove(tx, found, clock.instant());
        events.append(tx, event("subnet.deleted", found));
    }

    /// Internal ones are named with their networks.
    @Override
    public List<String> of(Tx tx, Scope project) {
        return table.externalIn(tx, project.requireProject()).stream()
                .map(subnet -> "subnet/" + subnet.name()).toList();
    }

    @Override
    public Layer layer() {
        return Layer.NETWORKS;
    }

    @Override
    public List<String> clear(Tx tx, Scope project) {
        table.lockExternalIn(tx, project.requireProject()).forEach(subnet -> delete(tx, subnet));
        return List.of();
    }

    @Override
    public Set<String> projectsIn(Tx tx, String region) {
        return table.projectsIn(tx, region);
    }

    @Override
    public String prefix() {
        return "sub";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.rows.place(tx, id);
    }

    private static NewEvent event(String type, Subnet about) {
        return new NewEvent(type, new Subject(KIND, about.id()), about.place(), Map.of(
                "name", about.name(), "region", about.region(), "ranges",
                about.ranges().stream().map(Cidr::toString).toList()));
    }

    private static String project(Grant grant) {
        return grant.scope().requireProject();
    }
}
