package orrery.cli.demo;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import orrery.cli.Answer;
import orrery.cli.Patience;
import orrery.cli.Refused;

/// Steps 5 and 9: what a kubeconfig opens, what is closed after it, and that nothing is left.
final class AccessSteps {
    private static final List<String> LEFTOVERS = List.of("pods", "deployments", "statefulsets",
            "services", "configmaps", "secrets", "persistentvolumeclaims");

    private final Visit visit;
    private final RunFollower runs;
    private final Patience patience;
    private Set<String> before = Set.of();

    AccessSteps(Visit visit, RunFollower runs, Patience patience) {
        this.visit = visit;
        this.runs = runs;
        this.patience = patience;
    }

    /// A kubeconfig works until it is revoked. A second one stays for the steps that follow.
    String useAndRevoke() {
        var path = visit.compute() + "/clusters/" + visit.clusterName() + "/kubeconfigs";
        var first = issue(path);
        var kubernetes = download(path, first);
        try {
            var found = kubernetes.list(List.of("nodes", "namespaces"));
            runs.await(visit.api().delete(path + "/" + first.need("/data/id")));
            patience.until(Duration.ofSeconds(10), () -> "the revoked kubeconfig still worked",
                    () -> isRefused(kubernetes));
            keepAnother(path);
            return "%s: %d nodes, %d namespaces; refused after it was revoked".formatted(
                    kubernetes.program(), count(found, "Node"), count(found, "Namespace"));
        } finally {
            kubernetes.close();
        }
    }

    private void keepAnother(String path) {
        var kubeconfig = issue(path);
        var kubernetes = download(path, kubeconfig);
        visit.reachedBy(kubernetes);
        visit.undo.later("kubeconfig", () -> {
            runs.await(visit.api().delete(path + "/" + kubeconfig.need("/data/id")));
            kubernetes.close();
        });
        before = new HashSet<>(kubernetes.list(LEFTOVERS));
        visit.undo.later("what stands on the cluster", this::nothingIsLeft);
    }

    private Answer issue(String path) {
        var issued = visit.api().post(path, Map.of("ttl", 3600));
        runs.await(issued);
        return issued;
    }

    private Kubernetes download(String path, Answer kubeconfig) {
        var id = kubeconfig.need("/data/id");
        return Kubectl.orOurs(visit.api().get(path + "/" + id + "/download").text());
    }

    private static boolean isRefused(Kubernetes kubernetes) {
        try {
            kubernetes.list(List.of("nodes"));
            return false;
        } catch (Refused _) {
            return true;
        }
    }

    private static long count(List<String> names, String kind) {
        return names.stream().filter(name -> name.startsWith(kind + "/")).count();
    }

    /// Everything goes through the API, and then the cluster is looked at itself.
    String removeAll() {
        int removed = visit.undo.all();
        return removed + " removals, by the API; nothing was left on the cluster";
    }

    private void nothingIsLeft() {
        patience.until(Duration.ofSeconds(90), () -> "left on the cluster: " + leftovers(),
                () -> leftovers().isEmpty());
    }

    private Set<String> leftovers() {
        var now = new HashSet<>(visit.kubernetes().list(LEFTOVERS));
        now.removeAll(before);
        now.removeIf(name -> name.endsWith("/kube-root-ca.crt"));
        return now;
    }
}
