package orrery.server.compute.subnet;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.db.Tx;
import orrery.server.compute.network.Cidr;
import org.jspecify.annotations.Nullable;

/// What subnets there are and which of their addresses are free, as part of something larger.
///
/// Free addresses stand in ranges. Whoever takes one locks a range until the end of its
/// transaction, and others take from another: nobody waits until each range is locked, and nothing
/// is looked through. The first address of a range (the network's own), the second (the gateway's,
/// by custom) and the last (an IPv4 range's broadcast) are never free.
public final class AddressSpace {
    /// As many can take from a new subnet at the same time; a process has fewer connections.
    private static final int SHARES = 64;

    private final SubnetTable table = new SubnetTable();
    private final RangeTable ranges = new RangeTable();

    /// Adds a subnet, all of it free but what is nobody's.
    ///
    /// @param gateway of its network, where that has one
    /// @throws Problem.Failure [Problem.AlreadyExists] for the name
    public void add(Tx tx, Subnet subnet, @Nullable String gateway) {
        if (!table.insert(tx, subnet)) {
            throw new Problem.AlreadyExists(Subnets.KIND, subnet.name()).raise();
        }
        subnet.ranges().forEach(range -> free(tx, subnet.id(), range));
        if (gateway != null) {
            ranges.lockAround(tx, subnet.id(), gateway)
                    .ifPresent(range -> ranges.take(tx, subnet.id(), range, gateway));
        }
    }

    private void free(Tx tx, String subnet, Cidr range) {
        var two = BigInteger.TWO;
        var first = two;
        var left = range.size().subtract(range.isIpv4() ? BigInteger.valueOf(3) : two);
        for (int shares = SHARES; left.signum() > 0; shares--) {
            var share = left.divide(BigInteger.valueOf(shares)).max(BigInteger.ONE);
            ranges.insert(tx, subnet, range.at(first),
                    range.at(first.add(share).subtract(BigInteger.ONE)));
            first = first.add(share);
            left = left.subtract(share);
        }
    }

    /// Those of a network, the oldest first. They stay until the transaction ends.
    public List<Subnet> hold(Tx tx, String network) {
        return table.holdNetwork(tx, network);
    }

    /// Those with a region's public addresses. They stay until the transaction ends.
    public List<Subnet> holdExternal(Tx tx, String region) {
        return table.holdExternal(tx, region);
    }

    /// One of a project. It stays until the transaction ends.
    public Optional<Subnet> hold(Tx tx, String project, String region, String idOrName) {
        return table.rows.hold(tx, project, region, idOrName);
    }

    /// What has addresses of a network, a few. Nobody takes one until the transaction ends.
    public List<String> lock(Tx tx, String network) {
        var users = new ArrayList<String>();
        table.lockNetwork(tx, network)
                .forEach(subnet -> users.addAll(table.addresses(tx, subnet.id())));
        return users;
    }

    /// Removes the subnets of a network that has no addresses.
    public void remove(Tx tx, String network, Instant now) {
        table.ofNetwork(tx, network).forEach(subnet -> remove(tx, subnet, now));
    }

    /// Removes a subnet that has no addresses.
    void remove(Tx tx, Subnet subnet, Instant now) {
        ranges.deleteAll(tx, subnet.id());
        table.delete(tx, subnet.id(), now);
    }

    /// Takes any address of a subnet.
    ///
    /// @return empty when all are taken
    public Optional<String> take(Tx tx, String subnet, boolean ipv4) {
        while (true) {
            var range = ranges.lockFree(tx, subnet, ipv4)
                    .or(() -> ranges.await(tx, subnet, ipv4));
            if (range.isPresent()) {
                ranges.takeFirst(tx, subnet, range.get());
                return Optional.of(range.get().first());
            }
            if (!ranges.hasAny(tx, subnet, ipv4)) {
                return Optional.empty();
            }
        }
    }

    /// Takes an address of a subnet, if it is free.
    public boolean take(Tx tx, String subnet, String address) {
        while (true) {
            var range = ranges.lockAround(tx, subnet, address);
            if (range.isPresent()) {
                ranges.take(tx, subnet, range.get(), address);
                return true;
            }
            if (!ranges.isFree(tx, subnet, address)) {
                return false;
            }
        }
    }

    /// Makes an address that was taken free again.
    public void giveBack(Tx tx, String subnet, String address) {
        ranges.insert(tx, subnet, address, address);
    }

    /// Takes an address for a network's gateway, and makes the one free that it had.
    ///
    /// @throws Problem.Failure [Problem.Conflict] when somebody has it
    public void moveGateway(Tx tx, String network, @Nullable String old, @Nullable String gateway) {
        for (var subnet : table.lockNetwork(tx, network)) {
            if (old != null && isGivenOut(subnet, old)) {
                giveBack(tx, subnet.id(), old);
            }
            if (gateway != null && isGivenOut(subnet, gateway)
                    && !take(tx, subnet.id(), gateway)) {
                throw new Problem.Conflict("address", gateway,
                        "is taken; release it first, or choose another gateway").raise();
            }
        }
    }

    /// Whether an address is one of those that a subnet gives out, now or at another time.
    static boolean isGivenOut(Subnet subnet, String address) {
        var one = Cidr.address(address).orElseThrow();
        return subnet.ranges().stream().anyMatch(range -> range.contains(one)
                && !isAt(range, BigInteger.ZERO, one) && !isAt(range, BigInteger.ONE, one)
                && !(range.isIpv4()
                        && isAt(range, range.size().subtract(BigInteger.ONE), one)));
    }

    private static boolean isAt(Cidr range, BigInteger index, Cidr one) {
        return Cidr.address(range.at(index)).orElseThrow().equals(one);
    }
}
