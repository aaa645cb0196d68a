package orrery.sim.property;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// What a Kubernetes API server promises of its objects, as small as it can be said: the objects
/// that are there, and every change there ever was, in order of version.
final class Model {
    /// One object at one version.
    ///
    /// @param half its label `half`; empty for none
    /// @param held whether a finalizer holds it
    /// @param going whether it is being deleted
    record State(String name, long version, Map<String, String> data, String half, boolean held,
            boolean going) {
        State {
            data = Map.copyOf(data);
        }

        static State of(JsonNode object) {
            JsonNode metadata = object.path("metadata");
            Map<String, String> data = new TreeMap<>();
            object.path("data").properties()
                    .forEach(one -> data.put(one.getKey(), one.getValue().asText()));
            return new State(metadata.path("name").asText(),
                    metadata.path("resourceVersion").asLong(), data,
                    metadata.at("/labels/half").asText(), !metadata.path("finalizers").isEmpty(),
                    metadata.has("deletionTimestamp"));
        }

        State with(String key, String value) {
            Map<String, String> more = new TreeMap<>(data);
            more.put(key, value);
            return new State(name, version, more, half, held, going);
        }

        State at(long version) {
            return new State(name, version, data, half, held, going);
        }

        boolean sameBut(long version, State other) {
            return at(version).equals(other.at(version));
        }
    }

    /// One change.
    ///
    /// @param before null when it was created
    /// @param after null when it was removed
    record Change(long version, State before, State after) {}

    /// One event of a watch.
    record Event(String type, State object) {}

    private final TreeMap<String, State> objects = new TreeMap<>();
    private final List<Change> history = new ArrayList<>();
    private long newest;

    Model(long newest) {
        this.newest = newest;
    }

    Optional<State> find(String name) {
        return Optional.ofNullable(objects.get(name));
    }

    long newest() {
        return newest;
    }

    List<Change> history() {
        return history;
    }

    /// Objects in the order of lists.
    Collection<State> after(String name) {
        return objects.tailMap(name, false).values();
    }

    /// An object is there, as the server answered it: new, and else as it was meant.
    void created(State meant, State answered) {
        changed(null, meant, answered);
    }

    /// An object was changed, or nothing was to be changed.
    void changed(String name, UnaryOperator<State> edit, State answered) {
        State old = objects.get(name);
        State meant = edit.apply(old);
        if (meant.sameBut(old.version(), old)) {
            assertThat(answered).as("nothing was to be changed").isEqualTo(old);
        } else {
            changed(old, meant, answered);
        }
    }

    private void changed(State old, State meant, State answered) {
        note(answered.version());
        assertThat(answered).isEqualTo(meant.at(answered.version()));
        history.add(new Change(answered.version(), old, answered));
        objects.put(answered.name(), answered);
    }

    /// An object is gone. The answer does not tell the version, the next list's does.
    void removed(String name, long version) {
        note(version);
        history.add(new Change(version, objects.remove(name), null));
    }

    private void note(long version) {
        assertThat(version).as("a change has a version above all before it")
                .isGreaterThan(newest);
        newest = version;
    }

    /// What a watch from a version on shows of the objects that it selects.
    List<Event> events(long from, Predicate<State> selected) {
        List<Event> events = new ArrayList<>();
        for (Change change : history) {
            if (change.version() <= from) {
                continue;
            }
            boolean was = change.before() != null && selected.test(change.before());
            boolean is = change.after() != null && selected.test(change.after());
            if (is) {
                events.add(new Event(was ? "MODIFIED" : "ADDED", change.after()));
            } else if (was) {
                State last = change.after() == null ? change.before() : change.after();
                events.add(new Event("DELETED", last.at(change.version())));
            }
        }
        return events;
    }

    /// The events that a watch without a version begins with.
    List<Event> present(Predicate<State> selected) {
        return objects.values().stream().filter(selected)
                .map(state -> new Event("ADDED", state)).toList();
    }
}
