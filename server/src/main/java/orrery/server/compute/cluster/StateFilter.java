package orrery.server.compute.cluster;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import orrery.kit.Problem;
import orrery.kit.http.Query;

/// The filter `?state=running,degraded` of lists of clusters: any of these.
final class StateFilter {
    private static final Set<String> PARAMETERS =
            Set.of("state", "pageSize", "pageToken", "offset", "sort", "search");

    private StateFilter() {}

    /// @return empty for all states
    /// @throws Problem.Failure [Problem.BadQuery] naming what may stand there
    static Set<Cluster.State> read(Query query) {
        for (var name : new TreeSet<>(query.parameters().keySet())) {
            if (!PARAMETERS.contains(name)) {
                throw bad(name + " is no filter of clusters", List.of("state"));
            }
        }
        var states = new LinkedHashSet<Cluster.State>();
        for (var values : query.parameters().getOrDefault("state", List.of())) {
            for (var value : values.split(",")) {
                states.add(state(value.strip()));
            }
        }
        return states;
    }

    private static Cluster.State state(String text) {
        return Arrays.stream(Cluster.State.values())
                .filter(state -> state.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> bad("state " + text + " is not one of clusters",
                        Arrays.stream(Cluster.State.values())
                                .map(state -> state.name().toLowerCase(Locale.ROOT)).toList()));
    }

    private static Problem.Failure bad(String cause, List<String> allowed) {
        return new Problem.BadQuery(Problem.BadQuery.Part.FILTER, cause, allowed).raise();
    }
}
