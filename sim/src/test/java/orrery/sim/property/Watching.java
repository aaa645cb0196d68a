package orrery.sim.property;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import orrery.sim.property.Model.Event;
import orrery.sim.property.Model.State;
import orrery.sim.type.Json;

/// A watch that stays open to the sequence's end.
///
/// @param present what it begins with when it names no version
record Watching(InputStream stream, Model model, long from, Predicate<State> selected,
        List<Event> present) {
    /// The object whose creation ends every sequence.
    static final String LAST = "zz-last";

    /// Opens a watch: without a version, or from any version there has been, of all objects or of
    /// a half of them.
    static Watching open(Kubernetes server, Model model, int choice) {
        Predicate<State> selected = choice % 2 == 0 ? state -> true
                : state -> state.half().equals("even");
        String selector = choice % 2 == 0 ? "" : "&labelSelector=half%3Deven";
        boolean fresh = choice % 5 == 0 || model.history().isEmpty();
        long from = fresh ? model.newest()
                : model.history().get(choice * 31 % model.history().size()).version();
        try {
            InputStream stream = server.watch(
                    selector + (fresh ? "" : "&resourceVersion=" + from));
            return new Watching(stream, model, from, selected,
                    fresh ? model.present(selected) : List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void check() {
        List<Event> expected = new ArrayList<>(present);
        expected.addAll(model.events(from, selected));
        List<Event> seen = new ArrayList<>();
        try (var lines = new BufferedReader(
                new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            boolean more = true;
            while (more) {
                JsonNode event = Json.read(lines.readLine().getBytes(StandardCharsets.UTF_8));
                State state = State.of(event.path("object"));
                seen.add(new Event(event.path("type").asText(), state));
                more = !state.name().equals(LAST);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(seen).as("a watch from " + from).isEqualTo(expected);
    }
}
