package orrery.sim.type;

import java.util.List;
import java.util.Set;
import orrery.sim.type.Refusal.ResourceRef;

/// One served version of one kind of object: what discovery tells of it.
///
/// @param group API group; empty for the core group
/// @param subresources `status`, `scale`, `log`, …
/// @param storage whether objects are stored in this version
/// @param custom whether a CRD made it
/// @param schema the shape of its objects
/// @param columns what `kubectl get` shows of a custom type
/// @param scale where a custom type keeps its replicas; null without a scale subresource
/// @param selectable paths that a custom type's field selectors may name: `spec.color`
public record ResourceType(
        String group,
        String version,
        String kind,
        String plural,
        boolean namespaced,
        List<String> shortNames,
        List<String> categories,
        Set<String> subresources,
        boolean storage,
        boolean custom,
        Schema schema,
        List<Column> columns,
        Scale scale,
        Set<String> selectable) {

    private static final Set<String> VERSIONED = Set.of(
            "leases.coordination.k8s.io", "poddisruptionbudgets.policy",
            "customresourcedefinitions.apiextensions.k8s.io",
            "validatingwebhookconfigurations.admissionregistration.k8s.io",
            "mutatingwebhookconfigurations.admissionregistration.k8s.io",
            "runtimeclasses.node.k8s.io", "csidrivers.storage.k8s.io");

    private static final Set<String> REMOVED = Set.of("pods", "persistentvolumeclaims",
            "persistentvolumes", "resourcequotas", "serviceaccounts", "podtemplates",
            "storageclasses.storage.k8s.io");

    /// One column (apiextensions/v1 CustomResourceColumnDefinition).
    ///
    /// @param path a JSON path
    /// @param priority above 0 it shows only in wide output
    public record Column(
            String name, String type, String format, String description, String path,
            int priority) {}

    /// Where replicas stand (apiextensions/v1 CustomResourceSubresourceScale); the last may be
    /// empty.
    public record Scale(String specPath, String statusPath, String selectorPath) {}

    public ResourceType {
        shortNames = List.copyOf(shortNames);
        categories = List.copyOf(categories);
        subresources = Set.copyOf(subresources);
        columns = List.copyOf(columns);
        selectable = Set.copyOf(selectable);
    }

    /// `plural.group`, or the plural alone in the core group: the name that stored objects,
    /// changes and operators use, the same for all versions.
    public String key() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    /// `group/version`, or the version alone in the core group.
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    public String singular() {
        return kind.toLowerCase(java.util.Locale.ROOT);
    }

    public String listKind() {
        return kind + "List";
    }

    public boolean has(String subresource) {
        return subresources.contains(subresource);
    }

    /// Whether an update must name the version that it is based on. Elsewhere one without a
    /// version overwrites whatever is there.
    public boolean requiresVersion() {
        return custom || VERSIONED.contains(key());
    }

    /// Whether a deletion answers with the object that is gone, as it does for some types, and
    /// not with a Status.
    public boolean answersRemoved() {
        return REMOVED.contains(key());
    }

    /// How a refusal names an object of this type.
    public ResourceRef ref(String name) {
        return new ResourceRef(group, plural, kind, name == null ? "" : name);
    }
}
