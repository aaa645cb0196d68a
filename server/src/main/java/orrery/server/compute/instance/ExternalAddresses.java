package orrery.server.compute.instance;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.compute.address.Address;
import orrery.server.compute.address.Addresses;
import orrery.server.compute.instance.Instance.State;

/// Which machine has which of a region's public addresses: one of each IP version at most, for its
/// first nic of that version. It is a matter of our records alone, so it is done at once; who
/// carries the packets reads it here, or in the events of addresses.
@Singleton
public final class ExternalAddresses {
    private static final String KIND = "address";
    private static final Set<State> CLOSED = Set.of(State.FAILED, State.DELETING, State.DELETED);

    private final InstanceTable table = new InstanceTable();
    private final Database database;
    private final Addresses addresses;

    public ExternalAddresses(Database database, Addresses addresses) {
        this.database = database;
        this.addresses = addresses;
    }

    /// Attaches an address to a machine of its project and region. Done again, it changes nothing.
    ///
    /// @param region code; `global` for any
    /// @param instance the machine's identifier or name
    /// @param expected the address's version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.InUse] while something uses it, [Problem.Unprocessable] for
    ///     an internal one and for a machine that cannot have it, [Problem.IllegalTransition] for
    ///     one that ends, [Problem.Conflict] when the machine has one of that IP version
    public Address attach(Grant grant, String region, String idOrName, String instance,
            OptionalLong expected) {
        return database.tx(grant, tx -> {
            var seen = addresses.find(tx, grant.scope(), region, idOrName);
            // The machine first, always: so nobody waits for each other.
            var machine = table.rows
                    .findLocked(tx, seen.projectId(), seen.region(), instance)
                    .orElseThrow(() -> unprocessable("instanceId",
                            "is no instance of this project in region " + seen.region()));
            var address = addresses.hold(tx, grant.scope(), region, seen.id(), expected);
            var user = Lifecycle.subject(machine.id());
            if (!user.equals(address.user())) {
                verify(tx, address, machine);
            }
            return addresses.attach(tx, grant.scope(), address.region(), address.id(), user);
        });
    }

    private void verify(Tx tx, Address address, Instance machine) {
        if (address.addressType() == Address.Type.INTERNAL) {
            throw unprocessable("addressType", "is INTERNAL: a nic takes such an address when its"
                    + " instance is made; attach an EXTERNAL one");
        }
        if (CLOSED.contains(machine.state())) {
            throw new Problem.IllegalTransition(Instances.KIND, machine.id(),
                    InstanceEvents.text(machine.state()), "take an address").raise();
        }
        boolean ipv4 = address.ipVersion() == Address.Version.IPV4;
        if (machine.nics().stream().noneMatch(
                nic -> (ipv4 ? nic.ipv4Address() : nic.ipv6Address()) != null)) {
            throw unprocessable("instanceId",
                    "has no nic with an " + address.ipVersion() + " address");
        }
        addresses.of(tx, Lifecycle.subject(machine.id())).stream()
                .filter(it -> it.addressType() == Address.Type.EXTERNAL
                        && it.ipVersion() == address.ipVersion())
                .findFirst().ifPresent(it -> {
                    throw new Problem.Conflict(Instances.KIND, machine.id(), "has "
                            + it.ipAddress() + " (" + it.id() + "); detach it first").raise();
                });
    }

    /// Takes an address from the machine that has it.
    ///
    /// @param region code; `global` for any
    /// @param expected the address's version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.IllegalTransition] when nothing has it, [Problem.Conflict]
    ///     for one of a nic
    public Address detach(Grant grant, String region, String idOrName, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var address = addresses.hold(tx, grant.scope(), region, idOrName, expected);
            var user = address.user();
            if (user == null) {
                throw new Problem.IllegalTransition(
                        KIND, address.id(), "available", "be detached").raise();
            }
            if (address.addressType() == Address.Type.INTERNAL) {
                throw new Problem.Conflict(KIND, address.id(), "is of a nic of " + user.kind()
                        + " " + user.id() + ", until that is deleted").raise();
            }
            return addresses.detach(tx, address, user);
        });
    }

    private static Problem.Failure unprocessable(String field, String message) {
        return new Problem.Unprocessable(List.of(new Mistake(field, message))).raise();
    }
}
