package orrery.sim.operator;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import orrery.sim.Controllers;
import orrery.sim.store.Cluster;
import orrery.sim.store.Ids;
import orrery.sim.store.Item;
import orrery.sim.store.Region;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// One cluster with its operators, without the API server in front.
public final class SimulatedCluster implements AutoCloseable {
    public static final Timing QUICK = new Timing(
            Duration.ofMillis(20), Duration.ofMillis(100), Duration.ofMillis(20));

    public final Region region;
    public final Cluster cluster;
    public final Controllers controllers;

    public SimulatedCluster(Path folder) throws IOException {
        this(folder, region -> List.of(), Manifests.read(SimulatedCluster.class));
    }

    /// @param more      operators beside those of every cluster
    /// @param manifests what is installed before anything else
    public SimulatedCluster(Path folder, Function<Region, List<Operator>> more,
            Manifests manifests) throws IOException {
        Files.createDirectories(folder);
        var clock = Clock.systemUTC();
        region = Region.open(folder.resolve("region.db"), clock, new Ids(new Random(7)),
                failure -> { });
        controllers = Controllers.open(new Controllers.Surroundings(
                folder.resolve("cells"), true, Optional.empty(), clock, QUICK, any -> "authority",
                (any, pod, audience) -> "token of " + pod.name()));
        controllers.start(region, more.apply(region));
        cluster = region.find("test").orElseGet(() -> region.create("test"));
        manifests.install(cluster, "test");
    }

    public void node(String name, String type) {
        new Nodes(Clock.systemUTC()).put(cluster, new Nodes.Wanted(
                name, InstanceType.named(type), "v1.36.0", false, false));
    }

    public Item create(String type, String yaml) {
        return cluster.create(type, object(yaml), Write.by("test"));
    }

    public void change(String type, String name, java.util.function.Consumer<ObjectNode> edit) {
        cluster.change(type, "default", name, Write.by("test"), object -> {
            edit.accept(object);
            return object;
        });
    }

    public List<Item> list(String type) {
        return cluster.list(type, "default");
    }

    public Item find(String type, String name) {
        return cluster.require(type, "default", name);
    }

    public void until(String type, String name, Predicate<Item> condition) {
        await(type + "/" + name).atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20))
                .until(() -> cluster.get(type, "default", name).filter(condition).isPresent());
    }

    public void untilGone(String type, String name) {
        await(type + "/" + name + " gone").atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> cluster.get(type, "default", name).isEmpty());
    }

    /// @param pointer a JSON pointer into the object
    public void until(String type, String name, String pointer, String value) {
        until(type, name, item -> item.tree().at(pointer).asText().equals(value));
    }

    public static ObjectNode object(String yaml) {
        var object = (ObjectNode) Json.mapper().valueToTree(
                new Load(LoadSettings.builder().build()).loadFromString(yaml));
        var metadata = Json.child(object, "metadata");
        if (!metadata.has("namespace")) {
            metadata.put("namespace", "default");
        }
        return object;
    }

    @Override
    public void close() {
        controllers.close();
        region.close();
    }
}
