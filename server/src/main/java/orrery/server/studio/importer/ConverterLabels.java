package orrery.server.studio.importer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import orrery.server.studio.diagram.Kind;

/// Labels by which people already tell a converter what they want in Kubernetes (`kompose.…`).
final class ConverterLabels {
    private static final String PREFIX = "kompose.";
    /// Read where the workload, its claims and its Service are made.
    private static final Set<String> ELSEWHERE = Set.of("controller.type", "service.type",
            "volume.size", "volume.storage-class-name", "cronjob.schedule");

    private final Scene scene;
    private final ComposeService service;
    private final Sketch.Item workload;
    private final Map<String, String> labels = new LinkedHashMap<>();
    private final Set<String> used = new TreeSet<>(ELSEWHERE);

    private ConverterLabels(Scene scene, ComposeService service, Sketch.Item workload) {
        this.scene = scene;
        this.service = service;
        this.workload = workload;
        service.labels().forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                labels.put(key.substring(PREFIX.length()), value);
            }
        });
    }

    static void apply(Scene scene, ComposeService service, Sketch.Item workload) {
        ConverterLabels converter = new ConverterLabels(scene, service, workload);
        if (!converter.labels.isEmpty()) {
            converter.workload();
            converter.ingress();
            converter.autoscaler();
            converter.tellUnused();
        }
    }

    private void workload() {
        ObjectNode data = workload.data();
        put("image-pull-policy", value -> data.put("imagePullPolicy", value));
        put("image-pull-secret", value -> data.putArray("imagePullSecrets").add(value));
        put("serviceaccount-name", value -> data.put("serviceAccountName", value));
        put("security-context.fsgroup", value ->
                data.withObjectProperty("podSecurityContext").put("fsGroup", number(value)));
        put("volume.subpath", value -> data.path("volumeMounts").forEach(mount -> {
            if (mount.path("type").asText().equals("persistentVolumeClaim")) {
                ((ObjectNode) mount).put("subPath", value);
            }
        }));
        put("cronjob.schedule", value -> data.put("schedule", value));
        put("cronjob.concurrency_policy", value -> data.put("concurrencyPolicy", value));
        put("cronjob.backoff_limit", value -> data.put("backoffLimit", number(value)));
        put("service.nodeport.port", value -> services().forEach(s ->
                s.put("serviceType", "NodePort").put("nodePort", number(value))));
        put("service.external-traffic-policy", value -> services().forEach(s ->
                s.put("externalTrafficPolicy", value.equalsIgnoreCase("local")
                        ? "Local" : "Cluster")));
    }

    private List<ObjectNode> services() {
        return scene.sketch().of(Kind.SERVICE, service.name()).stream()
                .map(Sketch.Item::data).toList();
    }

    /// `service.expose`: `true`, or hosts with paths, separated by commas.
    private void ingress() {
        String expose = labels.getOrDefault("service.expose", "");
        List<Sketch.Item> services = scene.sketch().of(Kind.SERVICE, service.name());
        if (expose.isEmpty() || expose.equals("false") || services.isEmpty()) {
            return;
        }
        used.add("service.expose");
        Sketch.Item ingress = scene.sketch().add(Kind.INGRESS, workload.name(), service.name());
        ObjectNode data = ingress.data();
        Sketch.Item target = services.getFirst();
        for (String host : expose.equals("true") ? new String[] {""} : expose.split(",")) {
            int slash = host.indexOf('/');
            ObjectNode path = data.withArrayProperty("paths").addObject()
                    .put("path", slash < 0 ? "/" : host.strip().substring(slash))
                    .put("pathType", "Prefix").put("serviceName", target.name())
                    .put("servicePort", target.data().path("port").asInt(80));
            String name = slash < 0 ? host.strip() : host.strip().substring(0, slash);
            if (!name.isEmpty()) {
                path.put("host", name);
                data.withArrayProperty("hosts").add(name);
            }
        }
        put("service.expose.ingress-class-name", value -> data.put("ingressClassName", value));
        put("service.expose.tls-secret", value ->
                data.put("tlsEnabled", true).put("tlsSecretName", value));
        scene.sketch().edge(ingress, target);
    }

    private void autoscaler() {
        boolean scalable = workload.kind() == Kind.DEPLOYMENT
                || workload.kind() == Kind.STATEFULSET;
        if (!scalable || labels.keySet().stream().noneMatch(k -> k.startsWith("hpa."))) {
            return;
        }
        Sketch.Item autoscaler = scene.sketch().add(Kind.HPA, workload.name(), service.name());
        ObjectNode data = autoscaler.data().put("scaleTargetName", workload.name())
                .put("scaleTargetKind", workload.kind().kubernetes())
                .put("minReplicas", 1).put("maxReplicas", 10);
        put("hpa.replicas.min", value -> data.put("minReplicas", number(value)));
        put("hpa.replicas.max", value -> data.put("maxReplicas", number(value)));
        put("hpa.cpu", value -> data.put("targetCPUUtilization", number(value)));
        put("hpa.memory", value -> data.put("targetMemoryUtilization", number(value)));
        if (!data.has("targetMemoryUtilization") && !data.has("targetCPUUtilization")) {
            data.put("targetCPUUtilization", 80);
        }
        scene.sketch().edge(autoscaler, workload);
    }

    private void put(String label, Consumer<String> setter) {
        String value = labels.getOrDefault(label, "").strip();
        if (!value.isEmpty()) {
            setter.accept(value);
            used.add(label);
        }
    }

    private long number(String text) {
        if (text.matches("[0-9]{1,9}")) {
            return Long.parseLong(text);
        }
        scene.warn(service, "the label value '%s' should be a number; 1 is taken"
                .formatted(Spelling.brief(text)));
        return 1;
    }

    private void tellUnused() {
        List<String> left = labels.keySet().stream().filter(l -> !used.contains(l))
                .map(l -> PREFIX + l).toList();
        if (!left.isEmpty()) {
            scene.report().dropped(service.path().key("labels"),
                    "not converted yet: " + String.join(", ", left));
        }
    }
}
