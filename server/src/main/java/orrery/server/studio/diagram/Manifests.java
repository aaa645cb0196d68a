package orrery.server.studio.diagram;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Diagram → Kubernetes objects. Checking and making are one thing: a field is named as wrong by
/// the code that would have used it.
public final class Manifests {
    static final int MOST_NODES = 1_000;
    static final int MOST_EDGES = 10_000;

    private final Drawing drawing;
    private final RunInput input;
    private final Wiring wiring;
    private final List<DiagramMistake> mistakes = new ArrayList<>();
    private final List<Manifest> manifests = new ArrayList<>();
    private final List<Node> unfilled = new ArrayList<>();

    private Manifests(Drawing drawing, RunInput input) {
        this.drawing = drawing;
        this.input = input;
        this.wiring = new Wiring(drawing);
    }

    /// All objects of the diagram and all that is wrong with it. Never throws.
    public static Draft draft(Drawing drawing, RunInput input) {
        return new Manifests(drawing, input).draft();
    }

    private Draft draft() {
        if (drawing.nodes().size() > MOST_NODES || drawing.edges().size() > MOST_EDGES) {
            mistakes.add(new DiagramMistake("", "", "at most %d nodes and %d edges are possible"
                    .formatted(MOST_NODES, MOST_EDGES)));
            return new Draft(drawing.nodes(), List.of(), mistakes, List.of());
        }
        checkIds();
        List<Node> order = Order.of(drawing, mistakes);
        order.forEach(this::make);
        checkTwice();
        return new Draft(order, manifests, mistakes, unfilled);
    }

    private void checkIds() {
        Set<String> seen = new HashSet<>();
        for (Node node : drawing.nodes()) {
            if (node.id().isBlank()) {
                mistakes.add(new DiagramMistake("", "id", "a node has no id; give it one"));
            } else if (!seen.add(node.id())) {
                mistakes.add(new DiagramMistake(node.id(), "id",
                        "two nodes have this id; give one of them another"));
            }
        }
    }

    private void make(Node node) {
        Optional<Kind> kind = Kind.of(node);
        if (kind.isEmpty()) {
            mistakes.add(new DiagramMistake(node.id(), "type",
                    "'%s' is no kind of node that we know".formatted(Rules.brief(node.type()))));
            return;
        }
        int before = mistakes.size();
        var fields = new Fields(node.id(), node.data(), mistakes);
        var part = new Part(node, kind.get(), fields, wiring, input);
        checkName(part);
        List<ObjectNode> objects = objects(part);
        if (mistakes.size() == before) {
            objects.forEach(o -> manifests.add(new Manifest(node.id(), o)));
        }
    }

    private List<ObjectNode> objects(Part part) {
        return switch (part.kind()) {
            case DEPLOYMENT -> List.of(Workloads.deployment(part));
            case STATEFULSET -> Workloads.statefulSet(part);
            case DAEMONSET -> List.of(Workloads.daemonSet(part));
            case JOB -> List.of(Jobs.job(part));
            case CRONJOB -> List.of(Jobs.cronJob(part));
            case SERVICE -> List.of(ServiceObject.of(part));
            case INGRESS -> List.of(IngressObject.of(part));
            case CONFIGMAP -> List.of(ConfigObjects.configMap(part));
            case SECRET -> secret(part);
            case PERSISTENTVOLUMECLAIM -> List.of(ClaimObject.of(part));
            case HPA -> List.of(AutoscalerObject.of(part));
            case NETWORKPOLICY -> List.of(PolicyObject.of(part));
            case PLUGIN -> List.of(PluginObject.of(part));
        };
    }

    private List<ObjectNode> secret(Part part) {
        Optional<ObjectNode> secret = ConfigObjects.secret(part);
        if (secret.isEmpty()) {
            unfilled.add(part.node());
        }
        return secret.stream().toList();
    }

    private static void checkName(Part part) {
        Fields fields = part.fields();
        switch (part.kind()) {
            case SERVICE -> fields.check("name", part.name(), Rules::isServiceName,
                    Rules.SERVICE_NAME);
            case DEPLOYMENT, STATEFULSET, DAEMONSET, JOB, CRONJOB -> {
                // The name becomes a label's value, and controllers append to it.
                fields.check("name", part.name(), Rules::isLabel, Rules.LABEL);
                if (part.kind() == Kind.CRONJOB && part.name().length() > 52) {
                    fields.wrong("name", "a cron job's name has at most 52 characters");
                }
            }
            case INGRESS, CONFIGMAP, SECRET, PERSISTENTVOLUMECLAIM, HPA, NETWORKPOLICY, PLUGIN ->
                    fields.check("name", part.name(), Rules::isName, Rules.NAME);
        }
        fields.check("namespace", part.node().namespace(), Rules::isLabel, Rules.LABEL);
    }

    private void checkTwice() {
        Map<String, String> first = new HashMap<>();
        for (Manifest manifest : manifests) {
            String object = String.join("/", manifest.apiVersion(), manifest.kind(),
                    manifest.namespace(), manifest.name());
            String other = first.putIfAbsent(object, manifest.node());
            if (other != null) {
                mistakes.add(new DiagramMistake(manifest.node(), "name",
                        "node '%s' makes the same %s '%s' in namespace '%s'; rename one".formatted(
                                other, manifest.kind(), manifest.name(), manifest.namespace())));
            }
        }
    }
}
