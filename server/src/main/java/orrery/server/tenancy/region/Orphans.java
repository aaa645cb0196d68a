package orrery.server.tenancy.region;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import orrery.kit.access.Grant;
import orrery.kit.kube.ObjectName;
import org.jspecify.annotations.Nullable;

/// Objects of one kind in a region that outlived what they stand for: a write of ours that arrived
/// after it had been taken back, as when its answer was lost.
///
/// Others may work on the same management cluster, so an object counts as one only if a record of
/// ours says so: of the very identifier that it is labelled and named with, in this region, and
/// over for a while. What was made long after that is none either: somebody has restored it.
final class Orphans {
    /// How long a write may be on its way, and how far clocks may be apart, at the very most.
    private static final Duration LATE = Duration.ofMinutes(10);
    private static final int PAGE = 200;

    private final Settles what;
    private final Grant grant;
    private final String region;
    private final Instant now;
    private final List<ObjectNode> page = new ArrayList<>();
    private final List<ObjectNode> found = new ArrayList<>();

    Orphans(Settles what, Grant grant, String region, Instant now) {
        this.what = what;
        this.grant = grant;
        this.region = region;
        this.now = now;
    }

    /// Takes one that was listed and that no record of ours that is alive stands for.
    void see(ObjectNode object) {
        if (!object.path("metadata").has("deletionTimestamp")) {
            page.add(object);
        }
        if (page.size() == PAGE) {
            ask();
        }
    }

    /// Those among what was seen. A record that was over when it was asked about may be made anew:
    /// then its object is another version than the one here.
    List<ObjectNode> found() {
        ask();
        return found;
    }

    private void ask() {
        if (!page.isEmpty()) {
            var over = what.over(grant, region,
                    page.stream().map(what::id).collect(Collectors.toSet()));
            page.stream().filter(it -> isOrphan(it, over.get(what.id(it)))).forEach(found::add);
            page.clear();
        }
    }

    private boolean isOrphan(ObjectNode object, @Nullable Instant over) {
        if (over == null) {
            return false;
        }
        var metadata = object.path("metadata");
        var late = over.plus(LATE);
        return late.isBefore(now)
                && Instant.parse(metadata.path("creationTimestamp").asText()).isBefore(late)
                && metadata.path("name").asText().equals(ObjectName.of(what.id(object)));
    }
}
