package orrery.sim.property;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import orrery.sim.property.Kubernetes.Reply;
import orrery.sim.property.Model.State;

/// A list read page by page while others write.
final class Listing {
    private final Kubernetes server;
    private final Model model;
    private final int limit;
    private final Map<String, State> collected = new TreeMap<>();
    private String more = "";
    private String last = "";
    private long version;

    Listing(Kubernetes server, Model model, int limit) {
        this.server = server;
        this.model = model;
        this.limit = limit;
    }

    /// Reads a page: the next objects in order, as they are now.
    ///
    /// @return whether it was the last
    boolean next() {
        Reply page = server.get("?limit=" + limit + (more.isEmpty() ? "" : "&continue=" + more));
        assertThat(page.code()).as(page.body().toString()).isEqualTo(200);
        List<State> items = new ArrayList<>();
        for (JsonNode item : page.body().path("items")) {
            items.add(State.of(item));
        }
        assertThat(items).containsExactlyElementsOf(
                model.after(last).stream().limit(limit).toList());
        if (last.isEmpty()) {
            version = page.version();
            assertThat(version).isEqualTo(model.newest());
        }
        assertThat(page.version()).as("all pages bear the first one's version")
                .isEqualTo(version);
        items.forEach(item -> collected.put(item.name(), item));
        more = page.body().at("/metadata/continue").asText();
        if (more.isEmpty()) {
            replay();
            return true;
        }
        last = items.getLast().name();
        return false;
    }

    /// A client that goes on with a watch from the list's version has what is there now.
    private void replay() {
        for (Model.Event event : model.events(version, state -> true)) {
            if (event.type().equals("DELETED")) {
                collected.remove(event.object().name());
            } else {
                collected.put(event.object().name(), event.object());
            }
        }
        assertThat(collected.values()).containsExactlyElementsOf(model.after(""));
    }
}
