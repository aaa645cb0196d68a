package orrery.server.studio.importer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import orrery.server.studio.diagram.Kind;
import orrery.server.studio.importer.Compose.Mount;
import orrery.server.studio.importer.Compose.Resource;
import org.jspecify.annotations.Nullable;

/// Volumes: claims for named ones, memory and empty folders for the rest; of the host's folders
/// what can be kept.
final class Storage {
    private static final String SIZE = "10Gi";

    private final Scene scene;
    private final Report report;
    private final Map<String, Sketch.Item> claims = new LinkedHashMap<>();
    private final Map<String, String> firstUser = new LinkedHashMap<>();

    Storage(Scene scene) {
        this.scene = scene;
        this.report = scene.report();
    }

    /// Whether the service writes to a named volume, so that its pods are not alike.
    static boolean keepsState(ComposeService service) {
        return service.mounts().stream().anyMatch(m -> m.type().equals("volume")
                && m.source() != null && !m.readOnly());
    }

    /// Adds all mounts of a service to its workload; gives back the paths that were dropped.
    List<String> mount(ComposeService service, Sketch.Item workload) {
        List<String> dropped = new ArrayList<>();
        List<Mount> mounts = mountsOf(service);
        // Binds first: an anonymous volume may only shield a part of a bind.
        for (Mount mount : mounts) {
            if (mount.type().equals("bind") && !bind(service, mount, workload)) {
                dropped.add(mount.target());
            }
        }
        for (Mount mount : mounts) {
            switch (mount.type()) {
                case "bind" -> { }
                case "volume" -> volume(service, mount, workload, dropped);
                case "tmpfs" -> memory(mount, workload);
                default -> report.dropped(mount.path(),
                        "Kubernetes has no mounts of type " + mount.type());
            }
        }
        return dropped;
    }

    /// Its own mounts, and those of the services that it takes volumes from.
    private List<Mount> mountsOf(ComposeService service) {
        Map<String, Mount> mounts = new LinkedHashMap<>();
        service.mounts().forEach(m -> mounts.put(m.target(), m));
        KeyPath path = service.path().key("volumes_from");
        for (String name : service.volumesFrom()) {
            ComposeService other = scene.compose().services().get(name);
            if (other == null) {
                report.dropped(path, "containers outside the file are unknown here");
            } else {
                other.mounts().stream().filter(m -> m.source() != null)
                        .forEach(m -> mounts.putIfAbsent(m.target(), new Mount(m.type(),
                                m.source(), m.target(), m.readOnly(), m.subPath(), m.sizeLimit(),
                                path)));
            }
        }
        return new ArrayList<>(mounts.values());
    }

    private void volume(ComposeService service, Mount mount, Sketch.Item workload,
            List<String> dropped) {
        if (mount.source() == null) {
            anonymous(service, mount, workload, dropped);
            return;
        }
        Resource volume = scene.compose().volumes().get(mount.source());
        if ("tmpfs".equals(volume.options().get("type"))) {
            memory(mount, workload);
            return;
        }
        String name = volume.external()
                ? ObjectNames.of(volume.name() == null ? volume.key() : volume.name())
                : claim(volume, service).name();
        ObjectNode made = add(workload, "persistentVolumeClaim", name, mount);
        Sketch.Item claim = claims.get(volume.key());
        if (claim != null) {
            made.put("nodeId", claim.id());
            scene.sketch().link(claim, workload, "_linkedPVCs");
        }
        if (mount.subPath() != null) {
            made.put("subPath", mount.subPath());
        } else if (KnownImages.isPostgres(service.image())
                && mount.target().startsWith("/var/lib/postgresql")) {
            // A fresh disk holds lost+found, and initdb refuses a folder that is not empty.
            made.put("subPath", "data");
        }
        Integer replicas = service.deployment().replicas();
        String shared = replicas == null || replicas < 2 ? ""
                : "; its %d pods share it, and so must run on one node".formatted(replicas);
        report.converted(mount.path(), "a mount of the volume claim '%s' at %s%s"
                .formatted(name, mount.target(), shared));
    }

    private Sketch.Item claim(Resource volume, ComposeService service) {
        Sketch.Item known = claims.get(volume.key());
        KeyPath path = KeyPath.of("volumes", volume.key());
        if (known != null) {
            String first = firstUser.get(volume.key());
            if (!first.equals(service.name())) {
                report.approximated(path, "claim '%s'; '%s' and '%s' share it, so with this access"
                        .formatted(known.name(), first, service.name()) + " mode their pods must"
                        + " run on one node; choose ReadWriteMany where the storage class can");
            }
            return known;
        }
        String name = ObjectNames.of(volume.name() == null ? volume.key() : volume.name());
        Sketch.Item claim = newClaim(name, service, volume.labels());
        claims.put(volume.key(), claim);
        firstUser.put(volume.key(), service.name());
        report.approximated(path, "the volume claim '%s' of %s in the cluster's default class,"
                .formatted(claim.name(), claim.data().path("storage").asText())
                + " since Compose names no size");
        return claim;
    }

    private Sketch.Item newClaim(String name, ComposeService service,
            Map<String, @Nullable String> volumeLabels) {
        Sketch.Item claim = scene.sketch().add(Kind.PERSISTENTVOLUMECLAIM, name, service.name());
        String size = volumeLabels.getOrDefault("kompose.volume.size",
                service.labels().get("kompose.volume.size"));
        claim.data().put("storage", size == null ? SIZE : size);
        claim.data().putArray("accessModes").add("ReadWriteOnce");
        String storageClass = volumeLabels.getOrDefault("kompose.volume.storage-class-name",
                service.labels().get("kompose.volume.storage-class-name"));
        claim.data().put("storageClassName", storageClass == null ? "" : storageClass)
                .put("volumeMode", "Filesystem");
        return claim;
    }

    private void anonymous(ComposeService service, Mount mount, Sketch.Item workload,
            List<String> dropped) {
        boolean shield = dropped.stream().anyMatch(d -> mount.target().startsWith(d + "/"));
        if (shield || service.build() != null) {
            report.dropped(mount.path(), "not needed: it only kept the image's own %s from being"
                    .formatted(mount.target()) + " hidden, and Docker would fill it from there");
            return;
        }
        add(workload, "emptyDir", lastPart(mount.target()), mount);
        report.approximated(mount.path(), "an empty folder at %s for as long as the pod lives; name"
                .formatted(mount.target()) + " the volume to keep what is written there");
    }

    private void memory(Mount mount, Sketch.Item workload) {
        ObjectNode made = add(workload, "emptyDir", lastPart(mount.target()), mount);
        made.put("medium", "Memory");
        if (mount.sizeLimit() > 0) {
            made.put("sizeLimit", Units.quantity(mount.sizeLimit()));
        }
        report.converted(mount.path(), "a folder in memory at " + mount.target());
    }

    /// Whether anything is mounted at the target.
    private boolean bind(ComposeService service, Mount mount, Sketch.Item workload) {
        if (Uploads.mount(scene, service, mount, workload)) {
            return true;
        }
        Binds meaning = Binds.of(service, mount);
        if (meaning == Binds.DATA) {
            String name = ObjectNames.of(service.name(), "-" + lastPart(mount.target()));
            Sketch.Item claim = newClaim(name, service, Map.of());
            add(workload, "persistentVolumeClaim", claim.name(), mount).put("nodeId", claim.id());
            scene.sketch().link(claim, workload, "_linkedPVCs");
            report.approximated(mount.path(), "the host's folder %s becomes the volume claim '%s',"
                    .formatted(mount.source(), claim.name()) + " which begins empty");
            return true;
        }
        String why = switch (meaning) {
            case SYSTEM -> "pods are not given the node's own files and sockets; where the cluster"
                    + " allows it, add a hostPath mount to the node";
            case FILE -> "the content of %s did not come with the file; put it into a config map"
                    .formatted(mount.source()) + " and mount that";
            case CODE -> "it lays source code over the image for development; the image that is"
                    + " built from it has it inside";
            case CONTENT, DATA -> "the content of the folder %s did not come with the file; build"
                    .formatted(mount.source()) + " it into the image, or put it into a config map";
        };
        report.dropped(mount.path(), why);
        scene.warn(service, "the bind mount %s → %s was dropped: %s"
                .formatted(mount.source(), mount.target(), why));
        return false;
    }

    static ObjectNode add(Sketch.Item workload, String type, String name, Mount mount) {
        ObjectNode made = workload.data().withArrayProperty("volumeMounts").addObject()
                .put("type", type).put("name", name).put("mountPath", mount.target());
        if (mount.readOnly()) {
            made.put("readOnly", true);
        }
        return made;
    }

    static String lastPart(String path) {
        String last = ObjectNames.of(path.substring(path.lastIndexOf('/') + 1));
        return last.substring(0, Math.min(last.length(), 30));
    }
}
