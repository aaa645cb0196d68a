package orrery.server.studio.version;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Run;
import orrery.kit.durable.Runs;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.studio.diagram.Diagram;
import orrery.server.studio.diagram.Diagrams;

/// Versions of diagrams: kept by people, by every run, and before one takes the place of what is
/// drawn.
@Singleton
public final class DiagramVersions {
    public static final String KIND = "version";
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_DESCRIPTION = 4_096;
    /// Automatic ones without a name, of each diagram.
    private static final int MOST = 200;

    private final DiagramVersionTable table = new DiagramVersionTable();
    private final Database database;
    private final Diagrams diagrams;
    private final Runs runs;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public DiagramVersions(Database database, Diagrams diagrams, Runs runs, Paging paging,
            Ids ids, Clock clock) {
        this.database = database;
        this.diagrams = diagrams;
        this.runs = runs;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// What people say of a version; `null` leaves it as it is.
    public record Said(@Nullable String name, @Nullable String tag, @Nullable String description) {
        public Said {
            new Mistakes()
                    .unless(isShort(name, LONGEST_NAME), "name",
                            "must have at most " + LONGEST_NAME + " characters")
                    .unless(isShort(tag, LONGEST_NAME), "tag",
                            "must have at most " + LONGEST_NAME + " characters")
                    .unless(isShort(description, LONGEST_DESCRIPTION), "description",
                            "must have at most " + LONGEST_DESCRIPTION + " characters")
                    .orRefuse();
        }

        private static boolean isShort(@Nullable String text, int longest) {
            return text == null || text.length() <= longest;
        }
    }

    /// A version, and the last run that deployed it.
    public record Deployed(DiagramVersion version, @Nullable Run run) {}

    /// A version that took the place of what was drawn.
    public record Restored(Deployed version, Diagram diagram) {}

    /// The newest first.
    public Page<Deployed> list(Grant grant, String diagram, PageAsk ask) {
        return database.read(grant, tx -> {
            diagrams.get(tx, diagram);
            return table.list(tx, paging, ask, diagram).map(it -> deployed(tx, it));
        });
    }

    /// @throws Problem.Failure [Problem.NotFound]
    public Deployed get(Grant grant, String diagram, int number) {
        return database.read(grant, tx -> {
            diagrams.get(tx, diagram);
            return deployed(tx, get(tx, diagram, number));
        });
    }

    /// What a run deploys.
    public DiagramVersion get(Tx tx, String diagram, int number) {
        return table.find(tx, diagram, number).orElseThrow(() ->
                new Problem.NotFound(KIND, diagram + "/" + number).raise());
    }

    private Deployed deployed(Tx tx, DiagramVersion version) {
        return new Deployed(version,
                version.run() == null ? null : runs.get(tx, version.run()));
    }

    /// Keeps what is drawn now, as a person asks.
    public Deployed create(Grant grant, String diagram, Said said) {
        return database.tx(grant, tx -> deployed(tx, keep(
                tx, diagrams.lock(tx, diagram), said, false, null)));
    }

    /// Keeps what is drawn now, for a run that begins.
    ///
    /// @param diagram held by the transaction
    /// @return its number
    public int keep(Tx tx, Diagram diagram) {
        return keep(tx, diagram, new Said(null, null, null), true, null).number();
    }

    /// Notes that a run deploys a version.
    public void ran(Tx tx, String diagram, int number, String run) {
        table.ran(tx, diagram, number, run);
    }

    private DiagramVersion keep(Tx tx, Diagram diagram, Said said, boolean isAutomatic,
            @Nullable Integer restored) {
        var last = table.last(tx, diagram.id());
        var kept = new DiagramVersion(ids.next("dgv"), diagram.id(),
                last.map(DiagramVersion::number).orElse(0) + 1, blank(said.name()),
                blank(said.tag()), said.description() == null ? "" : said.description().strip(),
                diagram.nodes(), diagram.edges(), isAutomatic, restored, null,
                tx.grant().principal().id(), clock.instant());
        table.insert(tx, kept);
        table.trim(tx, diagram.id(), MOST);
        diagrams.numbered(tx, diagram, kept.number());
        return kept;
    }

    private static @Nullable String blank(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    /// Says something else of a version. What is drawn in it never changes.
    public Deployed change(Grant grant, String diagram, int number, Said said) {
        return database.tx(grant, tx -> {
            diagrams.lock(tx, diagram);
            var old = get(tx, diagram, number);
            table.name(tx, diagram, number,
                    said.name() == null ? old.name() : blank(said.name()),
                    said.tag() == null ? old.tag() : blank(said.tag()),
                    said.description() == null ? old.description() : said.description().strip());
            return deployed(tx, get(tx, diagram, number));
        });
    }

    /// Draws a version again, as a new version. What was drawn and is in none is kept before, so
    /// that nothing is lost. Nothing on clusters changes until the next run.
    ///
    /// @param expected the diagram's version that the caller knows, if it cares
    public Restored restore(Grant grant, String id, int number, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var diagram = diagrams.lock(tx, id);
            IfMatch.verify(Diagrams.KIND, id, diagram.version(), expected);
            var version = get(tx, id, number);
            if (table.last(tx, id).filter(it -> isDrawn(diagram, it)).isEmpty()) {
                keep(tx, diagram, new Said(null, null, "Before version " + number
                        + " was restored"), true, null);
            }
            var drawn = diagrams.draw(tx, diagram, version.nodes(), version.edges());
            var kept = keep(tx, drawn, new Said(null, null, "Restored from version " + number),
                    true, number);
            return new Restored(deployed(tx, kept), diagrams.get(tx, id));
        });
    }

    private static boolean isDrawn(Diagram diagram, DiagramVersion version) {
        return version.nodes().equals(diagram.nodes()) && version.edges().equals(diagram.edges());
    }

    /// What became different from one version to another.
    public Comparison compare(Grant grant, String diagram, int from, int to) {
        return database.read(grant, tx -> {
            diagrams.get(tx, diagram);
            var missing = Stream.of(from, to)
                    .filter(it -> table.find(tx, diagram, it).isEmpty())
                    .map(String::valueOf).distinct().toList();
            if (!missing.isEmpty()) {
                throw new Problem.NotFound(KIND, String.join(" and ", missing)).raise();
            }
            return Comparison.of(get(tx, diagram, from), get(tx, diagram, to));
        });
    }
}
