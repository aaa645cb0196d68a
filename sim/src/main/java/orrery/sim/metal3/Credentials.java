package orrery.sim.metal3;

import java.util.Optional;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// The Secret with the name and password of a host's BMC.
record Credentials(Cluster cluster, Item host) {
    private static final String LABEL = "environment.metal3.io";

    /// Why the BMC cannot be spoken to; empty when it can.
    Optional<String> obstacle() {
        if (name().isEmpty()) {
            return Optional.of("The BMC secret reference is empty");
        }
        var secret = secret();
        if (secret.isEmpty()) {
            return Optional.of("The BMC secret " + host.namespace() + "/" + name()
                    + " does not exist");
        }
        for (var field : new String[] {"username", "password"}) {
            if (secret.get().tree().path("data").path(field).asText().isEmpty()) {
                return Optional.of("Missing BMC connection detail '" + field
                        + "' in credentials");
            }
        }
        return Optional.empty();
    }

    /// Labels the Secret as a host's.
    void claim() {
        cluster.change("secrets", host.namespace(), name(), Write.by(Metal3.MANAGER), object -> {
            Json.child(Json.child(object, "metadata"), "labels").put(LABEL, "baremetal");
            return object;
        });
    }

    /// Whether it was let in by them as they are now.
    boolean areTried() {
        return version().equals(
                host.tree().at("/status/goodCredentials/credentialsVersion").asText());
    }

    String version() {
        return secret().map(found -> Long.toString(found.version())).orElse("");
    }

    private Optional<Item> secret() {
        return cluster.get("secrets", host.namespace(), name());
    }

    private String name() {
        return host.tree().at("/spec/bmc/credentialsName").asText();
    }
}
