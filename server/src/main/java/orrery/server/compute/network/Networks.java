package orrery.server.compute.network;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
import orrery.kit.access.Permission;
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
import orrery.server.compute.subnet.AddressSpace;
import orrery.server.compute.subnet.Subnet;
import orrery.server.iam.policy.Reach;
import orrery.server.tenancy.project.Contents;
import orrery.server.tenancy.project.Labels;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.region.Regions;

/// The networks of projects. All changes are synchronous: nothing but our records is involved.
@Singleton
public final class Networks implements Contents, Locator {
    static final String KIND = "network";
    private static final Permission LIST = new Permission("compute.networks.list");
    private static final int MOST = 100;
    private static final int MOST_VLANS = 64;
    private static final int LAST_VLAN = 4094;

    private final NetworkTable table = new NetworkTable();
    private final AddressSpace space = new AddressSpace();
    private final Database database;
    private final Projects projects;
    private final Regions regions;
    private final Events events;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Networks(Database database, Projects projects, Regions regions, Events events,
            Paging paging, Ids ids, Clock clock) {
        this.database = database;
        this.projects = projects;
        this.regions = regions;
        this.events = events;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// What may be changed of a network, in full: what it was, or what it shall be.
    public record Change(
            @Nullable String displayName,
            @Nullable String description,
            Map<String, String> labels,
            @Nullable String gateway,
            List<Integer> vlanIds) {
        public Change {
            labels = Map.copyOf(labels);
            vlanIds = List.copyOf(vlanIds);
            var mistakes = Naming.check(new Mistakes(), null, displayName, description)
                    .check("gateway", gateway, it -> Cidr.address(it).isPresent(),
                            "must be an address such as 10.1.0.1")
                    .unless(vlanIds.size() <= MOST_VLANS && vlanIds.stream().distinct().count()
                                    == vlanIds.size(), "vlanIds",
                            "must be at most " + MOST_VLANS + ", no two alike")
                    .unless(vlanIds.stream().allMatch(it -> it >= 1 && it <= LAST_VLAN),
                            "vlanIds", "must be numbers from 1 to " + LAST_VLAN);
            Labels.check(mistakes, "labels", labels);
            mistakes.orRefuse();
        }
    }

    /// One page of the networks of the grant's project in a region, the newest first.
    ///
    /// @param region code; `global` for all
    public Page<Network> list(Grant grant, String region, PageAsk ask) {
        return page(grant, region, ask, _ -> Reach.project(project(grant)));
    }

    /// As [#list], of all projects whose networks the caller may list.
    public Page<Network> everywhere(Grant grant, String region, PageAsk ask) {
        return page(grant, region, ask, tx -> projects.reach(tx, grant, LIST));
    }

    private Page<Network> page(
            Grant grant, String region, PageAsk ask, Function<Tx, Reach> reach) {
        return database.read(grant, tx -> {
            return table.list(
                    tx, paging, ask, reach.apply(tx), regions.checked(tx, region));
        });
    }

    /// @param region code; `global` for any
    /// @param idOrName identifier or name
    /// @throws Problem.Failure [Problem.NotFound]; [Problem.Ambiguous] for a name that networks of
    ///     several regions have
    public Network get(Grant grant, String region, String idOrName) {
        return get(grant, region, idOrName, Deleted.HIDDEN);
    }

    /// As above.
    ///
    /// @param deleted whether one is found that is deleted, too, by identifier
    public Network get(Grant grant, String region, String idOrName, Deleted deleted) {
        return database.read(grant, tx -> table.rows.get(
                tx, project(grant), Regions.one(region), idOrName, deleted));
    }

    private Network hold(Tx tx, Grant grant, String region, String idOrName) {
        var found = table.rows.get(tx, project(grant), Regions.one(region), idOrName);
        return present(table.hold(tx, project(grant), found.region(), found.id()), idOrName);
    }

    /// Makes a network, and one subnet that fills it.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] for the name, [Problem.Conflict] when
    ///     another network of the project has addresses of it
    public Network create(Grant grant, String region, NewNetwork asked) {
        return database.tx(grant, tx -> {
            projects.hold(tx, grant.scope());
            regions.check(tx, region);
            table.lockRanges(tx, project(grant), region);
            verifyFree(table.all(tx, project(grant), region), asked);
            var network = build(grant, region, asked);
            table.insert(tx, network);
            space.add(tx, subnet(network), null);
            events.append(tx, event("network.created", network));
            return table.rows.get(tx, network.id());
        });
    }

    private static void verifyFree(List<Network> siblings, NewNetwork asked) {
        if (siblings.size() >= MOST) {
            throw new Problem.QuotaExceeded("networks", MOST, siblings.size() + 1L).raise();
        }
        var cidr = Cidr.parse(asked.cidr()).orElseThrow();
        for (var sibling : siblings) {
            if (sibling.name().equals(asked.name())) {
                throw new Problem.AlreadyExists(KIND, sibling.name()).raise();
            }
            if (Cidr.parse(sibling.cidr()).orElseThrow().overlaps(cidr)) {
                throw new Problem.Conflict(KIND, sibling.id(), "network " + sibling.name()
                        + " of this project has " + sibling.cidr() + ", which overlaps "
                        + asked.cidr() + "; choose another range").raise();
            }
        }
    }

    private Network build(Grant grant, String region, NewNetwork asked) {
        var id = ids.next("net");
        var now = clock.instant();
        return new Network(id, grant.scope().requireOrganization(), project(grant), region,
                asked.name() == null ? Slug.of(KIND, id) : asked.name(),
                asked.displayName(), asked.description(), asked.labels(),
                Cidr.parse(asked.cidr()).orElseThrow().toString(), null, List.of(),
                asked.role(),
                Network.State.ACTIVE, List.of(), 1, grant.principal().id(), now, now, null);
    }

    private Subnet subnet(Network network) {
        boolean four = Cidr.parse(network.cidr()).orElseThrow().isIpv4();
        return new Subnet(ids.next("sub"), network.organizationId(), network.projectId(),
                network.region(), network.name() + "-1", null, null, Map.of(),
                Subnet.Role.INTERNAL, network.id(), four ? network.cidr() : null,
                four ? null : network.cidr(), 1, network.createdBy(), network.createdAt(),
                network.createdAt(), null);
    }

    /// Changes the texts and labels, and what operators say of it.
    ///
    /// @param change makes the new ones of the old ones
    /// @param expected the version that the caller knows, if it cares
    public Network change(Grant grant, String region, String idOrName,
            Function<Network, Change> change, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = hold(tx, grant, region, idOrName);
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            var to = change.apply(found);
            moveGateway(tx, found, to.gateway());
            table.update(tx, found.id(), to, clock.instant());
            events.append(tx, event("network.updated", found));
            return table.rows.get(tx, found.id());
        });
    }

    private void moveGateway(Tx tx, Network network, @Nullable String gateway) {
        if (Objects.equals(network.gateway(), gateway)) {
            return;
        }
        if (gateway != null && !Cidr.parse(network.cidr()).orElseThrow()
                .contains(Cidr.address(gateway).orElseThrow())) {
            throw unprocessable("gateway", "must lie in " + network.cidr());
        }
        space.moveGateway(tx, network.id(), network.gateway(), gateway);
    }

    /// Deletes a network and its subnets.
    ///
    /// @throws Problem.Failure [Problem.InUse] while a cluster is in it, or somebody has an
    ///     address of it
    public void delete(Grant grant, String region, String idOrName, OptionalLong expected) {
        database.write(grant, tx -> {
            var found = hold(tx, grant, region, idOrName);
            IfMatch.verify(KIND, found.id(), found.version(), expected);
            verifyUnused(tx, found);
            delete(tx, found);
        });
    }

    private void verifyUnused(Tx tx, Network found) {
        var users = new ArrayList<>(space.lock(tx, found.id()));
        users.addAll(table.users(tx, found.id()));
        if (!users.isEmpty()) {
            throw new Problem.InUse(KIND, found.id(), users).raise();
        }
    }

    private void delete(Tx tx, Network found) {
        space.remove(tx, found.id(), clock.instant());
        table.delete(tx, found.id(), clock.instant());
        events.append(tx, event("network.deleted", found));
    }

    /// A network and a subnet of it, in canonical identifiers.
    ///
    /// @param subnet `null` for any of the network's
    public record Place(String network, @Nullable String subnet) {}

    /// Finds what a request of another resource means by its network and subnet, and keeps the
    /// network from being deleted until the transaction ends.
    ///
    /// @param field path of the object that has the fields `network` and `subnet`; empty for the
    ///     body itself
    /// @throws Problem.Failure [Problem.Unprocessable] when there is no such network in the project
    ///     and region, or no such subnet in the network
    public Place hold(Tx tx, Scope project, String region, String field,
            String network, @Nullable String subnet) {
        var at = field.isEmpty() ? "" : field + ".";
        var found = table.hold(tx, project.requireProject(), region, network)
                .orElseThrow(() -> unprocessable(at + "network", "is no network of this "
                        + "project in region " + region));
        if (subnet == null) {
            return new Place(found.id(), null);
        }
        var inside = space.hold(tx, found.projectId(), region, subnet)
                .filter(one -> found.id().equals(one.networkId()))
                .orElseThrow(() -> unprocessable(at + "subnet",
                        "is no subnet of network " + found.name()));
        return new Place(found.id(), inside.id());
    }

    /// A network that no other request changes until the transaction ends.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] when there is none in the project and region
    public Network lock(Tx tx, Scope project, String region, String idOrName) {
        return table.hold(tx, project.requireProject(), region, idOrName)
                .orElseThrow(() -> unprocessable("network", "is no network of this project in"
                        + " region " + region));
    }

    /// A network, for who holds its subnets.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] when there is none in the project and region
    public Network find(
            Tx tx, Scope project, String region, String idOrName, String field) {
        return table.rows.find(tx, project.requireProject(), region, idOrName)
                .orElseThrow(() -> unprocessable(field, "is no network of this project in"
                        + " region " + region));
    }

    /// `kind/identifier` of the resources in a network, a few.
    public List<String> users(Tx tx, String network) {
        return table.users(tx, network);
    }

    /// Notes that a resource is in a network that is held.
    public void use(Tx tx, String network, Subject user) {
        table.use(tx, network, user.kind(), user.id());
    }

    /// Notes that a resource is in no network any more.
    public void release(Tx tx, Subject user) {
        table.release(tx, user.kind(), user.id());
    }

    @Override
    public List<String> of(Tx tx, Scope project) {
        return table.rows.ofProject(tx, project.requireProject());
    }

    @Override
    public Layer layer() {
        return Layer.NETWORKS;
    }

    @Override
    public List<String> clear(Tx tx, Scope project) {
        for (var found : table.lockAll(tx, project.requireProject())) {
            verifyUnused(tx, found);
            delete(tx, found);
        }
        return List.of();
    }

    @Override
    public Set<String> projectsIn(Tx tx, String region) {
        return table.rows.projectsIn(tx, region);
    }

    @Override
    public String prefix() {
        return "net";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.rows.place(tx, id);
    }

    private static Problem.Failure unprocessable(String field, String message) {
        return new Problem.Unprocessable(List.of(new Mistake(field, message))).raise();
    }

    private static NewEvent event(String type, Network about) {
        return new NewEvent(type, new Subject(KIND, about.id()),
                Scope.project(about.organizationId(), about.projectId()),
                Map.of("name", about.name(), "region", about.region(), "cidr", about.cidr()));
    }

    private static Network present(Optional<Network> found, String idOrName) {
        return found.orElseThrow(() -> new Problem.NotFound(KIND, idOrName).raise());
    }

    private static String project(Grant grant) {
        return grant.scope().requireProject();
    }
}
