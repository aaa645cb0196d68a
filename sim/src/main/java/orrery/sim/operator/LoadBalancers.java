package orrery.sim.operator;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;
import orrery.sim.store.Key;
import orrery.sim.store.Write;
import orrery.sim.type.Json;

/// Gives Services of type LoadBalancer and Ingresses an address, as a cloud does. Nothing listens
/// there: a port is reached by port-forward.
final class LoadBalancers implements Operator {
    private static final String SERVICES = "services";
    private static final String INGRESSES = "ingresses.networking.k8s.io";

    @Override
    public String name() {
        return "service-lb-controller";
    }

    @Override
    public void noticed(Cluster cluster, Change change, Consumer<Key> look) {
        boolean ours = change.type().equals(INGRESSES) || change.type().equals(SERVICES);
        if (ours && !change.removed() && wants(change.now()) != has(change.now())) {
            look.accept(change.item().key());
        }
    }

    @Override
    public Optional<Duration> reconcile(Cluster cluster, Key key) {
        cluster.get(key.type(), key.namespace(), key.name())
                .filter(item -> !Pods.going(item))
                .ifPresent(item -> cluster.change(key.type(), key.namespace(), key.name(),
                        Write.by(name()).onStatus(), object -> {
                            var balancer = Json.child(
                                    Json.child(object, "status"), "loadBalancer");
                            balancer.removeAll();
                            if (wants(item)) {
                                balancer.putArray("ingress").addObject()
                                        .put("ip", Nodes.address(item.uid()));
                            }
                            return object;
                        }));
        return Optional.empty();
    }

    private static boolean wants(Item item) {
        return item.type().equals(INGRESSES) || item.tree().path("spec").path("type").asText()
                .equals("LoadBalancer");
    }

    private static boolean has(Item item) {
        return !item.tree().path("status").path("loadBalancer").path("ingress").isEmpty();
    }
}
