package orrery.server.compute.instance;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What cloud-init reads in a machine's guest. It reads YAML, and JSON is YAML.
final class CloudInit {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String FILE = "/var/lib/cloud/instance-metadata.json";

    private CloudInit() {}

    static String userData(Instance it) {
        var given = it.metadata().stream()
                .filter(one -> one.key().equals(Metadatum.USER_DATA)).findFirst();
        if (given.isPresent()) {
            return given.get().value();
        }
        var config = NODES.objectNode().put("hostname", it.hostname());
        var keys = config.putArray("ssh_authorized_keys");
        var rest = NODES.objectNode();
        for (var one : it.metadata()) {
            if (one.key().equals(Metadatum.SSH_KEYS)) {
                one.value().lines().filter(line -> !line.isBlank()).forEach(keys::add);
            } else {
                rest.put(one.key(), one.value());
            }
        }
        config.putArray("write_files").addObject().put("path", FILE).put("permissions", "0600")
                .put("content", rest.toString());
        return "#cloud-config\n" + config;
    }

    /// Nobody else gives the guest its addresses. The way out is the first network's.
    static String networkData(Instance it) {
        var all = NODES.objectNode().put("version", 2);
        var ethernets = all.putObject("ethernets");
        for (int i = 0; i < it.nics().size(); i++) {
            var nic = it.nics().get(i);
            var one = ethernets.putObject("nic" + i);
            one.putObject("match").put("macaddress", nic.macAddress());
            var addresses = one.putArray("addresses");
            with(addresses::add, nic.ipv4Address(), nic.ipv4Cidr());
            with(addresses::add, nic.ipv6Address(), nic.ipv6Cidr());
            if (i == 0) {
                gateway(one, "gateway4", nic.ipv4Gateway());
                gateway(one, "gateway6", nic.ipv6Gateway());
            }
        }
        return all.toString();
    }

    private static void with(Consumer<String> addresses,
            @Nullable String address, @Nullable String cidr) {
        if (address != null && cidr != null) {
            addresses.accept(address + cidr.substring(cidr.indexOf('/')));
        }
    }

    private static void gateway(ObjectNode one, String field, @Nullable String address) {
        if (address != null) {
            one.put(field, address);
        }
    }
}
