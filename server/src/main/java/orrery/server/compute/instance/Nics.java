package orrery.server.compute.instance;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.events.Subject;
import orrery.kit.kube.ObjectName;
import orrery.server.compute.address.Address;
import orrery.server.compute.address.Addresses;
import orrery.server.compute.address.NewAddress;
import orrery.server.compute.network.Cidr;
import orrery.server.compute.network.Networks;
import org.jspecify.annotations.Nullable;

/// Gives machines their places in networks, each with addresses that nobody else has.
@Singleton
final class Nics {
    private static final int HEX = 16;

    private final NicTable table = new NicTable();
    private final Networks networks;
    private final Addresses addresses;

    Nics(Networks networks, Addresses addresses) {
        this.networks = networks;
        this.addresses = addresses;
    }

    /// Finds what a request means, for a machine that stands in its table already, and takes it.
    ///
    /// @param asked `null` for one place in the default network
    /// @param mistakes grows by what cannot be; whoever finds some takes everything back
    /// @throws Problem.Failure [Problem.PoolExhausted] for a subnet without a free address
    void take(Tx tx, Scope project, String region, String instance,
            @Nullable List<NewInstance.Nic> asked, List<Mistake> mistakes) {
        var wanted = asked == null
                ? List.of(new NewInstance.Nic(null, null, null, null, null)) : asked;
        var user = Lifecycle.subject(instance);
        for (int i = 0; i < wanted.size(); i++) {
            var nic = wanted.get(i);
            var found = new ArrayList<Mistake>();
            var berth = berth(tx, project, region, nic, found);
            if (berth.isPresent()) {
                var ipv4 = address(tx, project, region, berth.get(), true, nic.ipv4Address(),
                        user, found);
                var ipv6 = address(tx, project, region, berth.get(), false, nic.ipv6Address(),
                        user, found);
                table.insert(tx, instance, i, berth.get(), ipv4, ipv6, mac(instance, i));
                networks.use(tx, berth.get().network(), user);
            }
            var at = asked == null ? "nics" : "nics[" + i + "]";
            found.forEach(it -> mistakes.add(new Mistake(asked == null ? at
                    : at + "." + it.field(), it.message())));
        }
    }

    /// Counts the addresses that a machine has taken, late in its transaction.
    ///
    /// @throws Problem.Failure [Problem.QuotaExceeded]
    void count(Tx tx, String instance) {
        addresses.count(tx, Lifecycle.subject(instance));
    }

    private Optional<NicTable.Berth> berth(Tx tx, Scope project, String region,
            NewInstance.Nic nic, List<Mistake> mistakes) {
        var place = "/v1/regions/" + region + "/projects/" + project.requireProject();
        var network = named("network", "compute/networks", place, nic.network(), mistakes);
        var subnet = named("subnet", "compute/subnets", place, nic.subnet(), mistakes);
        if (nic.vlan() != null) {
            mistakes.add(new Mistake("vlan", "is not offered yet; leave it out"));
        }
        if (!mistakes.isEmpty()) {
            return Optional.empty();
        }
        var found = table.hold(tx, project.requireProject(), region, network, subnet);
        if (found.isEmpty()) {
            mistakes.add(missing(tx, project, region, network, subnet));
        } else if (network == null && subnet != null && found.stream()
                .map(NicTable.Berth::network).distinct().count() > 1) {
            mistakes.add(new Mistake("subnet", "is the name of subnets of several networks; say"
                    + " the network, too"));
        }
        return mistakes.isEmpty() ? Optional.of(fitting(found, nic)) : Optional.empty();
    }

    /// The first that has the addresses which were chosen; else the first, which says why not.
    private static NicTable.Berth fitting(List<NicTable.Berth> all, NewInstance.Nic nic) {
        return all.stream().filter(it -> has(it.ipv4Cidr(), nic.ipv4Address())
                && has(it.ipv6Cidr(), nic.ipv6Address())).findFirst().orElse(all.getFirst());
    }

    private static boolean has(@Nullable String cidr, @Nullable String address) {
        return address == null || cidr != null && Cidr.parse(cidr).orElseThrow()
                .contains(Cidr.address(address).orElseThrow());
    }

    private static @Nullable String named(String field, String collection, String place,
            @Nullable String text, List<Mistake> mistakes) {
        if (text == null) {
            return null;
        }
        var found = Reference.in(collection, text).filter(it -> it.isBelow(place));
        if (found.isEmpty()) {
            mistakes.add(new Mistake(field, "must name one of this project and region"));
        }
        return found.map(Reference::key).orElse(null);
    }

    private Mistake missing(Tx tx, Scope project, String region, @Nullable String network,
            @Nullable String subnet) {
        if (network == null && subnet == null) {
            return new Mistake("network", "is required: the project has no default network in"
                    + " region " + region);
        }
        if (network == null || subnet != null && !table.hold(
                tx, project.requireProject(), region, network, null).isEmpty()) {
            return new Mistake("subnet", "is no subnet of "
                    + (network == null ? "this project in region " + region : "that network"));
        }
        return new Mistake("network", "is no network of this project in region " + region);
    }

    private @Nullable String address(Tx tx, Scope project, String region, NicTable.Berth berth,
            boolean ipv4, @Nullable String asked, Subject user, List<Mistake> mistakes) {
        var field = ipv4 ? "ipv4Address" : "ipv6Address";
        if ((ipv4 ? berth.ipv4Cidr() : berth.ipv6Cidr()) == null) {
            if (asked != null) {
                mistakes.add(new Mistake(field, "must be left out: the subnet has none such"));
            }
            return null;
        }
        try {
            return addresses.hold(tx, project, region, NewAddress.internal(null, asked,
                    ipv4 ? Address.Version.IPV4 : Address.Version.IPV6, null, berth.subnet()),
                    field, user).ipAddress();
        } catch (Problem.Failure refused) {
            if (refused.problem() instanceof Problem.Conflict taken) {
                mistakes.add(new Mistake(field, taken.cause()));
            } else if (refused.problem() instanceof Problem.Unprocessable wrong) {
                wrong.mistakes().forEach(it -> mistakes.add(new Mistake(field, it.message())));
            } else {
                throw refused;
            }
            return null;
        }
    }

    /// A locally administered address that no two places share in practice.
    private static String mac(String instance, int position) {
        var digest = ObjectName.of("mac", instance + "/" + position);
        var text = new StringBuilder("02");
        for (int i = 0; i < 5; i++) {
            int at = 4 + i * 4;
            text.append(":%02x".formatted(
                    Integer.parseInt(digest.substring(at, at + 4), 36) % (HEX * HEX)));
        }
        return text.toString();
    }

    /// All that a machine has in networks is free again.
    void giveBack(Tx tx, String instance) {
        table.delete(tx, instance);
        networks.release(tx, Lifecycle.subject(instance));
        addresses.free(tx, Lifecycle.subject(instance));
    }
}
