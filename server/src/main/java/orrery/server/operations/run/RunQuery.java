package orrery.server.operations.run;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import orrery.kit.Problem;
import orrery.kit.access.Scope;
import orrery.kit.durable.RunFilter;
import orrery.kit.durable.Status;
import orrery.kit.http.Query;
import orrery.kit.http.Questions;
import orrery.kit.http.Questions.Filter;
import orrery.kit.http.Questions.Kind;
import org.jspecify.annotations.Nullable;

/// The filters of lists of runs.
final class RunQuery {
    static final Questions QUESTIONS = new Questions(List.of(
                    any("type"), new Filter("status", Kind.ONE,
                            Arrays.stream(Status.values()).map(Status::text).toList()),
                    any("resourceType"), any("resourceId"), any("triggeredBy"), any("since"),
                    any("until")),
            List.of("-createdAt"), "-createdAt", false, false);
    private static final List<String> FILTERS =
            QUESTIONS.filters().stream().map(Filter::name).toList();
    /// What else a list is asked, which is read elsewhere.
    private static final Set<String> BESIDES =
            Set.of("pageSize", "pageToken", "offset", "sort", "search", "expand");

    private RunQuery() {}

    private static Filter any(String name) {
        return new Filter(name, Kind.ONE, List.of());
    }

    /// @throws Problem.Failure [Problem.BadQuery] naming what may stand there
    static RunFilter read(Query query) {
        for (var name : new TreeSet<>(query.parameters().keySet())) {
            if (!FILTERS.contains(name) && !BESIDES.contains(name)) {
                throw bad(name + " is no filter of runs", FILTERS);
            }
        }
        return new RunFilter(Scope.PLATFORM, query.values("type"),
                query.values("status").stream().map(RunQuery::status).toList(),
                query.values("resourceType"), query.values("resourceId"),
                query.values("triggeredBy"), time("since", query.first("since")),
                time("until", query.first("until")));
    }

    private static Status status(String text) {
        return Arrays.stream(Status.values()).filter(s -> s.text().equals(text)).findFirst()
                .orElseThrow(() -> bad("status " + text + " is not one of runs",
                        Arrays.stream(Status.values()).map(Status::text).toList()));
    }

    static @Nullable Instant time(String name, @Nullable String text) {
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException notOne) {
            throw bad(name + " must be a time such as 2026-03-24T12:00:00Z", List.of());
        }
    }

    private static Problem.Failure bad(String cause, List<String> allowed) {
        return new Problem.BadQuery(Problem.BadQuery.Part.FILTER, cause, allowed).raise();
    }
}
