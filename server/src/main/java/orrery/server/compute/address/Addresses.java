package orrery.server.compute.address;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import orrery.kit.Ids;
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
import orrery.server.compute.network.Cidr;
import orrery.server.compute.network.Networks;
import orrery.server.compute.subnet.AddressSpace;
import orrery.server.compute.subnet.Subnet;
import orrery.server.iam.policy.Reach;
import orrery.server.tenancy.project.Contents;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.quota.Amounts;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// The addresses of projects: asked for by people, and by resources in the transactions that make
/// and delete them. All of it is synchronous: nothing but our records is involved.
@Singleton
public final class Addresses implements Contents, Locator {
    static final String KIND = "address";
    private static final Permission LIST = new Permission("compute.addresses.list");

    private final AddressTable table = new AddressTable();
    private final AddressSpace space = new AddressSpace();
    private final Database database;
    private final Projects projects;
    private final Regions regions;
    private final Networks networks;
    private final Quotas quotas;
    private final Events events;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Addresses(Database database, Projects projects, Regions regions, Networks networks,
            Quotas quotas, Events events, Paging paging, Ids ids, Clock clock) {
        this.database = database;
        this.projects = projects;
        this.regions = regions;
        this.networks = networks;
        this.quotas = quotas;
        this.events = events;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// One page of those of the grant's project in a region, the newest first.
    ///
    /// @param region code; `global` for all
    public Page<Address> list(Grant grant, String region, PageAsk ask) {
        return page(grant, region, ask, _ -> Reach.project(project(grant)));
    }

    /// As [#list], of all projects whose addresses the caller may list.
    public Page<Address> everywhere(Grant grant, String region, PageAsk ask) {
        return page(grant, region, ask, tx -> projects.reach(tx, grant, LIST));
    }

    private Page<Address> page(
            Grant grant, String region, PageAsk ask, Function<Tx, Reach> reach) {
        return database.read(grant, tx -> table.list(
                tx, paging, ask, reach.apply(tx), regions.checked(tx, region)));
    }

    /// @param region code; `global` for any
    /// @param idOrName identifier or name
    /// @throws Problem.Failure [Problem.NotFound]; [Problem.Ambiguous] for a name that addresses of
    ///     several regions have
    public Address get(Grant grant, String region, String idOrName) {
        return get(grant, region, idOrName, Deleted.HIDDEN);
    }

    /// As above.
    ///
    /// @param deleted whether one is found that is deleted, too, by identifier
    public Address get(Grant grant, String region, String idOrName, Deleted deleted) {
        return database.read(grant, tx -> table.rows.get(
                tx, project(grant), Regions.one(region), idOrName, deleted));
    }

    /// As [#get], as part of something larger.
    public Address find(Tx tx, Scope project, String region, String idOrName) {
        return table.rows.get(tx, project.requireProject(), Regions.one(region), idOrName);
    }

    /// Takes an address for the grant's project, for whatever it will be attached to.
    ///
    /// @throws Problem.Failure [Problem.PoolExhausted] when none is left, [Problem.Conflict] when
    ///     somebody has the one that was chosen, [Problem.Unprocessable] for a network, a subnet
    ///     or an address that does not fit, [Problem.AlreadyExists] for the name,
    ///     [Problem.QuotaExceeded]
    public Address allocate(Grant grant, String region, NewAddress asked) {
        return database.tx(grant, tx -> {
            projects.hold(tx, grant.scope());
            var taken = take(tx, grant.scope(), region, asked, "", null);
            reserve(tx, taken);
            return taken;
        });
    }

    /// Takes an address for a resource that is being made, in its transaction. It goes when the
    /// resource frees what it has, unless it was the project's before: then it stays. It is not
    /// counted before [#count].
    ///
    /// @param field path of the object that has the fields of the request: `nics[0]`
    /// @throws Problem.Failure as [#allocate]
    public Address hold(Tx tx, Scope project, String region, NewAddress asked, String field,
            Subject user) {
        var reserved = reserved(tx, project, asked);
        return reserved.isPresent() ? attach(tx, project, region, reserved.get(), user)
                : take(tx, project, region, asked, field + ".", user);
    }

    /// The identifier of an address that the project took for itself, where it is the one that is
    /// asked for, and nothing uses it.
    private Optional<String> reserved(Tx tx, Scope project, NewAddress asked) {
        return asked.subnet() == null || asked.ipAddress() == null ? Optional.empty()
                : table.holder(tx, asked.subnet(), asked.ipAddress())
                        .flatMap(id -> table.rows.findLocked(tx, id))
                        .filter(it -> it.deletedAt() == null && it.user() == null
                                && it.projectId().equals(project.requireProject()))
                        .map(Address::id);
    }

    /// Counts the addresses that were taken for a resource, late in their transaction: after
    /// everything else that it locks.
    ///
    /// @throws Problem.Failure [Problem.QuotaExceeded]
    public void count(Tx tx, Subject user) {
        table.lockOf(tx, user).stream().filter(Address::bound).forEach(it -> reserve(tx, it));
    }

    private void reserve(Tx tx, Address address) {
        quotas.reserve(tx, address.place(), subject(address), Amounts.ADDRESS);
    }

    /// Attaches an address that the project has to a resource, in its transaction. It stays when
    /// the resource frees what it has.
    ///
    /// @throws Problem.Failure [Problem.InUse] when another has it; [Problem.NotFound]
    public Address attach(Tx tx, Scope project, String region, String idOrName, Subject user) {
        var found = lock(tx, project, region, idOrName);
        if (user.equals(found.user())) {
            return found;
        }
        verifyUnused(found);
        table.attach(tx, found.id(), user, clock.instant());
        events.append(tx, event("address.attached", found, user));
        return table.rows.get(tx, found.id());
    }

    /// Takes an address that the project has from what uses it, in a transaction that holds it.
    /// It stays the project's.
    public Address detach(Tx tx, Address held, Subject user) {
        table.detach(tx, held.id(), clock.instant());
        events.append(tx, event("address.detached", held, user));
        return table.rows.get(tx, held.id());
    }

    /// An address that the project has. Nobody else changes it until the transaction ends.
    ///
    /// @param region code; `global` for any
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.NotFound]
    public Address hold(
            Tx tx, Scope project, String region, String idOrName, OptionalLong expected) {
        var found = lock(tx, project, region, idOrName);
        IfMatch.verify(KIND, found.id(), found.version(), expected);
        return found;
    }

    /// Those that a resource uses. Nobody else changes them until the transaction ends.
    public List<Address> of(Tx tx, Subject user) {
        return table.lockOf(tx, user);
    }

    /// Frees what a resource has, in the transaction that ends it: addresses that were taken for
    /// it are released, those that were attached to it can be attached to another.
    public void free(Tx tx, Subject user) {
        var all = table.lockOf(tx, user);
        all.stream().filter(address -> !address.bound())
                .forEach(address -> detach(tx, address, user));
        release(tx, all.stream().filter(Address::bound).toList());
    }

    /// Gives an address back.
    ///
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.InUse] while something uses it
    public void release(Grant grant, String region, String idOrName, OptionalLong expected) {
        database.write(grant, tx -> {
            var found = hold(tx, grant.scope(), region, idOrName, expected);
            verifyUnused(found);
            release(tx, List.of(found));
        });
    }

    private void release(Tx tx, List<Address> some) {
        some.forEach(address -> {
            table.delete(tx, address.id(), clock.instant());
            space.giveBack(tx, address.subnetId(), address.ipAddress());
            events.append(tx, event("address.released", address));
        });
        // Quotas last, always: so nobody waits for each other.
        some.forEach(address -> quotas.release(tx, subject(address)));
    }

    private static void verifyUnused(Address address) {
        var user = address.user();
        if (user != null) {
            throw new Problem.InUse(KIND, address.id(), List.of(user.kind() + "/" + user.id()))
                    .raise();
        }
    }

    private Address take(Tx tx, Scope project, String region, NewAddress asked, String field,
            @Nullable Subject user) {
        regions.check(tx, region);
        var taken = asked.type() == Address.Type.EXTERNAL ? external(tx, region, asked)
                : internal(tx, project, region, asked, field);
        var address = build(tx, project, region, asked, taken, user);
        if (!table.insert(tx, address)) {
            throw new Problem.AlreadyExists(KIND, address.name()).raise();
        }
        events.append(tx, event("address.allocated", address));
        return table.rows.get(tx, address.id());
    }

    /// An address that is the caller's now.
    private record Taken(Subnet subnet, String address, boolean ipv4) {}

    private Taken external(Tx tx, String region, NewAddress asked) {
        var from = space.holdExternal(tx, region);
        return any(tx, from, asked.ipVersion() == null ? Address.Version.IPV4 : asked.ipVersion())
                .orElseThrow(() -> new Problem.PoolExhausted(
                        "region " + region, "external addresses").raise());
    }

    private Taken internal(Tx tx, Scope project, String region, NewAddress asked, String field) {
        var from = subnets(tx, project, region, asked, field);
        if (asked.ipAddress() != null) {
            return chosen(tx, from, asked.ipAddress(), field);
        }
        var version = asked.ipVersion();
        if (version != null && from.stream().noneMatch(it -> it.has(isIpv4(version)))) {
            throw unprocessable(field + "ipVersion", "is none that the network has");
        }
        return (version == null ? any(tx, from, Address.Version.IPV4)
                        .or(() -> any(tx, from, Address.Version.IPV6)) : any(tx, from, version))
                .orElseThrow(() -> new Problem.PoolExhausted(asked.subnet() == null
                        ? "network " + asked.network() : "subnet " + asked.subnet(),
                        "addresses").raise());
    }

    private List<Subnet> subnets(
            Tx tx, Scope project, String region, NewAddress asked, String field) {
        var network = asked.network() == null ? null
                : networks.find(tx, project, region, asked.network(), field + "network").id();
        if (asked.subnet() == null) {
            return space.hold(tx, String.valueOf(network));
        }
        return List.of(space.hold(tx, project.requireProject(), region, asked.subnet())
                .filter(it -> it.role() == Subnet.Role.INTERNAL)
                .filter(it -> network == null || network.equals(it.networkId()))
                .orElseThrow(() -> unprocessable(field + "subnetwork", network == null
                        ? "is no subnet of this project in region " + region
                        : "is no subnet of network " + asked.network())));
    }

    private Optional<Taken> any(Tx tx, List<Subnet> from, Address.Version version) {
        boolean ipv4 = isIpv4(version);
        return from.stream().filter(subnet -> subnet.has(ipv4))
                .flatMap(subnet -> space.take(tx, subnet.id(), ipv4)
                        .map(address -> new Taken(subnet, address, ipv4)).stream())
                .findFirst();
    }

    private Taken chosen(Tx tx, List<Subnet> from, String text, String field) {
        var address = Cidr.address(text).orElseThrow();
        var subnet = from.stream()
                .filter(it -> it.ranges().stream().anyMatch(range -> range.contains(address)))
                .findFirst().orElseThrow(() -> unprocessable(field + "ipAddress",
                        "must lie in the subnetwork, or in one of the network"));
        if (!space.take(tx, subnet.id(), text)) {
            throw table.holder(tx, subnet.id(), text)
                    .map(holder -> new Problem.Conflict(KIND, text,
                            "is taken by " + holder + "; choose another").raise())
                    .orElseGet(() -> unprocessable(field + "ipAddress",
                            "is the subnetwork's own, its broadcast or its gateway"));
        }
        return new Taken(subnet, text, address.isIpv4());
    }

    private Address build(Tx tx, Scope project, String region, NewAddress asked, Taken taken,
            @Nullable Subject user) {
        var id = ids.next("adr");
        var now = clock.instant();
        return new Address(id, project.requireOrganization(), project.requireProject(), region,
                asked.name() == null ? Slug.of(KIND, id) : asked.name(), asked.displayName(),
                asked.description(), asked.labels(), taken.address(),
                taken.ipv4() ? Address.Version.IPV4 : Address.Version.IPV6, asked.type(),
                taken.subnet().networkId(), taken.subnet().id(),
                user == null ? null : user.kind(), user == null ? null : user.id(), user != null,
                1, tx.grant().principal().id(), now, now, null);
    }

    @Override
    public List<String> of(Tx tx, Scope project) {
        return table.rows.ofProject(tx, project.requireProject());
    }

    @Override
    public Layer layer() {
        return Layer.PARTS;
    }

    @Override
    public List<String> clear(Tx tx, Scope project) {
        var some = table.lockSome(tx, project.requireProject());
        some.forEach(Addresses::verifyUnused);
        release(tx, some);
        return List.of();
    }

    @Override
    public Set<String> projectsIn(Tx tx, String region) {
        return table.rows.projectsIn(tx, region);
    }

    @Override
    public String prefix() {
        return "adr";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.rows.place(tx, id);
    }

    private Address lock(Tx tx, Scope project, String region, String idOrName) {
        return table.rows.lock(
                tx, project.requireProject(), Regions.one(region), idOrName);
    }

    private static boolean isIpv4(Address.Version version) {
        return version == Address.Version.IPV4;
    }

    private static Problem.Failure unprocessable(String field, String message) {
        return new Problem.Unprocessable(List.of(new Mistake(field, message))).raise();
    }

    private static NewEvent event(String type, Address about) {
        return new NewEvent(type, subject(about), about.place(), told(about));
    }

    private static NewEvent event(String type, Address about, Subject user) {
        var told = told(about);
        told.put("attachedTo", Map.of("kind", user.kind(), "id", user.id()));
        return new NewEvent(type, subject(about), about.place(), told);
    }

    private static Map<String, Object> told(Address about) {
        return new HashMap<>(Map.of(
                "name", about.name(), "region", about.region(), "ipAddress", about.ipAddress()));
    }

    private static Subject subject(Address about) {
        return new Subject(KIND, about.id());
    }

    private static String project(Grant grant) {
        return grant.scope().requireProject();
    }
}
