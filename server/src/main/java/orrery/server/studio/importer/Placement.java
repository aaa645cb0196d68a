package orrery.server.studio.importer;

/// What the report says of placement.
final class Placement {
    private Placement() {}

    static void tell(Report report, KeyPath placement, int converted) {
        if (converted > 0) {
            report.approximated(placement.key("constraints"),
                    "%d constraints became the pod's node selector; others, such as node.role and"
                            .formatted(converted) + " '!=', are left out");
        } else {
            report.dropped(placement.key("constraints"),
                    "only node.labels.…, node.hostname and node.platform with '==' can be kept");
        }
        report.dropped(placement.key("preferences"), "add topologySpreadConstraints to the node");
        report.dropped(placement.key("max_replicas_per_node"),
                "add topologySpreadConstraints to the node");
    }
}
