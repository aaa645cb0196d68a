package orrery.sim.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import orrery.sim.container.Cell;
import orrery.sim.container.Containers;
import orrery.sim.kubelet.Environment.MissingSource;
import orrery.sim.operator.NamespaceObjects;
import orrery.sim.store.Cluster;
import orrery.sim.store.Item;

/// Makes the folders behind a pod's volumes.
///
/// Folders are named by the volume's place in the pod, never by a name that a user chose. A
/// `subPath` of a writable volume is a folder of its own beside the volume, shared by all that
/// name it: resolving it inside would follow links that a pod may have put there.
final class Volumes {
    private static final String TOKENS = "/var/run/secrets/kubernetes.io/serviceaccount";

    private final Containers containers;
    private final Path claims;
    private final Tokens tokens;

    /// @param claims folder of the cluster's persistent volumes
    Volumes(Containers containers, Path claims, Tokens tokens) {
        this.containers = containers;
        this.claims = claims;
        this.tokens = tokens;
    }

    /// The binds of one container, made where they are absent.
    ///
    /// @throws MissingSource when a ConfigMap, Secret or claim is not there
    List<Cell.Bind> binds(Cluster cluster, Item pod, JsonNode container, Path home)
            throws IOException {
        var sources = new HashMap<String, Source>();
        int place = 0;
        for (var volume : pod.tree().path("spec").path("volumes")) {
            var folder = home.resolve("volumes").resolve("" + place++);
            sources.put(volume.path("name").asText(), source(cluster, pod, volume, folder));
        }
        var binds = new ArrayList<Cell.Bind>();
        boolean token = false;
        for (var mount : container.path("volumeMounts")) {
            var source = sources.get(mount.path("name").asText());
            if (source != null) {
                binds.add(bind(source, mount));
                token |= mount.path("mountPath").asText().equals(TOKENS);
            }
        }
        if (!token && pod.tree().path("spec").path("automountServiceAccountToken")
                .asBoolean(true)) {
            var folder = home.resolve("volumes").resolve("token");
            containers.folder(folder);
            account(cluster, pod, folder);
            binds.add(new Cell.Bind(folder, TOKENS, true));
        }
        return binds;
    }

    private record Source(Path folder, boolean readOnly) {}

    private Cell.Bind bind(Source source, JsonNode mount) throws IOException {
        var target = mount.path("mountPath").asText();
        var path = source.folder();
        var inner = mount.path("subPath").asText();
        if (!inner.isEmpty() && source.readOnly()) {
            path = inside(path, inner);
        } else if (!inner.isEmpty()) {
            path = path.resolveSibling(path.getFileName() + ".sub")
                    .resolve(inner.replace("%", "%25").replace("/", "%2F").replace(".", "%2E"));
            containers.folder(path);
        }
        return new Cell.Bind(path, target.startsWith("/") ? target : "/" + target,
                source.readOnly() || mount.path("readOnly").asBoolean());
    }

    private Source source(Cluster cluster, Item pod, JsonNode volume, Path folder)
            throws IOException {
        var claim = volume.path("persistentVolumeClaim").path("claimName").asText();
        if (!claim.isEmpty()) {
            var found = cluster.get("persistentvolumeclaims", pod.namespace(), claim).orElseThrow(
                    () -> new MissingSource("persistentvolumeclaim \"" + claim + "\" not found"));
            var kept = claims.resolve(found.uid());
            containers.folder(kept);
            return new Source(kept, false);
        }
        containers.folder(folder);
        boolean readOnly = true;
        if (volume.has("configMap")) {
            files(cluster, pod, "configMap", volume.path("configMap"), folder);
        } else if (volume.has("secret")) {
            files(cluster, pod, "secret", volume.path("secret"), folder);
        } else if (volume.has("downwardAPI")) {
            fields(pod, volume.path("downwardAPI"), folder);
        } else if (volume.has("projected")) {
            for (var part : volume.path("projected").path("sources")) {
                project(cluster, pod, part, folder);
            }
        } else {
            readOnly = false; // emptyDir, and what stands for a host's path or a network's disk
        }
        return new Source(folder, readOnly);
    }

    private void project(Cluster cluster, Item pod, JsonNode part, Path folder)
            throws IOException {
        if (part.has("configMap")) {
            files(cluster, pod, "configMap", part.path("configMap"), folder);
        } else if (part.has("secret")) {
            files(cluster, pod, "secret", part.path("secret"), folder);
        } else if (part.has("downwardAPI")) {
            fields(pod, part.path("downwardAPI"), folder);
        } else if (part.has("serviceAccountToken")) {
            write(folder, part.path("serviceAccountToken").path("path").asText("token"),
                    tokens.of(cluster, pod,
                            part.path("serviceAccountToken").path("audience").asText())
                            .getBytes(StandardCharsets.UTF_8));
        }
    }

    private void files(Cluster cluster, Item pod, String kind, JsonNode volume, Path folder)
            throws IOException {
        var name = volume.path(kind.equals("secret") && volume.has("secretName")
                ? "secretName" : "name").asText();
        var found = cluster.get(kind.toLowerCase(Locale.ROOT) + "s", pod.namespace(), name);
        if (found.isEmpty()) {
            if (volume.path("optional").asBoolean()) {
                return;
            }
            throw new MissingSource("%s \"%s\" not found".formatted(
                    kind.toLowerCase(Locale.ROOT), name));
        }
        var data = data(kind, found.get());
        if (!volume.has("items")) {
            for (var entry : data.entrySet()) {
                write(folder, entry.getKey(), entry.getValue());
            }
            return;
        }
        for (var item : volume.path("items")) {
            var content = data.get(item.path("key").asText());
            if (content == null && !volume.path("optional").asBoolean()) {
                throw new MissingSource("references non-existent %s key: %s".formatted(
                        kind.toLowerCase(Locale.ROOT), item.path("key").asText()));
            }
            if (content != null) {
                write(folder, item.path("path").asText(), content);
            }
        }
    }

    private static Map<String, byte[]> data(String kind, Item source) {
        var all = new HashMap<String, byte[]>();
        source.tree().path("data").properties().forEach(e -> all.put(e.getKey(),
                kind.equals("secret") ? Environment.decode(e.getValue())
                        : e.getValue().asText().getBytes(StandardCharsets.UTF_8)));
        source.tree().path("binaryData").properties().forEach(
                e -> all.put(e.getKey(), Environment.decode(e.getValue())));
        return all;
    }

    private void fields(Item pod, JsonNode volume, Path folder) throws IOException {
        for (var item : volume.path("items")) {
            var value = Environment.field(pod,
                    item.path("fieldRef").path("fieldPath").asText("metadata.name"));
            write(folder, item.path("path").asText(), value.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void account(Cluster cluster, Item pod, Path folder) throws IOException {
        write(folder, "namespace", pod.namespace().getBytes(StandardCharsets.UTF_8));
        write(folder, "token", tokens.of(cluster, pod, "").getBytes(StandardCharsets.UTF_8));
        var authority = cluster.get("configmaps", pod.namespace(), NamespaceObjects.ROOT_CA);
        if (authority.isPresent()) {
            write(folder, "ca.crt", authority.get().tree().path("data").path("ca.crt").asText()
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    private void write(Path folder, String name, byte[] content) throws IOException {
        var file = inside(folder, name);
        if (!file.getParent().equals(folder)) {
            containers.folder(file.getParent());
        }
        containers.file(file, content);
    }

    /// A path below a folder; one that leads out of it is refused.
    private static Path inside(Path folder, String name) {
        var path = folder.resolve(name).normalize();
        if (name.isEmpty() || !path.startsWith(folder) || path.equals(folder)) {
            throw new MissingSource("path \"" + name + "\" leads out of its volume");
        }
        return path;
    }
}
