package orrery.server.studio.version;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;

/// The SQL of table `diagram_version`. Whoever writes holds the diagram.
final class DiagramVersionTable {
    private static final String COLUMNS = """
            id, diagram, number, name, tag, description, nodes, edges, automatic, restored_from,
            run, created_by, created_at""";

    private static final Listing<DiagramVersion> LIST = Listing.of(
            DiagramVersion.class, "versions", COLUMNS, """
            diagram_version
            where diagram = :diagram""")
            .text("name", "tag").searching("name", "tag", "description");

    private static final String INSERT = """
            insert into diagram_version (%s)
            values (:id, :diagram, :number, :name, :tag, :description, :nodes, :edges, :automatic,
                    :restoredFrom, :run, :createdBy, :createdAt)""".formatted(COLUMNS);

    private static final String FIND = """
            select %s
            from diagram_version
            where diagram = :diagram
              and number = :number""".formatted(COLUMNS);

    private static final String LAST = """
            select %s
            from diagram_version
            where diagram = :diagram
            order by number desc
            limit 1""".formatted(COLUMNS);

    private static final String NAME = """
            update diagram_version
            set name = :name,
                tag = :tag,
                description = :description
            where diagram = :diagram
              and number = :number""";

    private static final String RUN = """
            update diagram_version
            set run = :run
            where diagram = :diagram
              and number = :number""";

    private static final String TRIM = """
            delete from diagram_version
            where diagram = :diagram
              and automatic
              and name is null
              and tag is null
              and number <= (select max(number) - :most from diagram_version
                             where diagram = :diagram)""";

    Page<DiagramVersion> list(Tx tx, Paging paging, PageAsk ask, String diagram) {
        return LIST.page(tx, paging, ask, Map.of("diagram", diagram));
    }

    void insert(Tx tx, DiagramVersion version) {
        tx.handle().createUpdate(INSERT).bindMethods(version)
                .bind("nodes", Json.of(version.nodes()))
                .bind("edges", Json.of(version.edges()))
                .execute();
    }

    Optional<DiagramVersion> find(Tx tx, String diagram, int number) {
        return tx.handle().createQuery(FIND).bind("diagram", diagram).bind("number", number)
                .mapTo(DiagramVersion.class).findOne();
    }

    Optional<DiagramVersion> last(Tx tx, String diagram) {
        return tx.handle().createQuery(LAST).bind("diagram", diagram)
                .mapTo(DiagramVersion.class).findOne();
    }

    void name(Tx tx, String diagram, int number, @Nullable String name, @Nullable String tag,
            String description) {
        tx.handle().createUpdate(NAME).bind("diagram", diagram).bind("number", number)
                .bind("name", name).bind("tag", tag).bind("description", description).execute();
    }

    void ran(Tx tx, String diagram, int number, String run) {
        tx.handle().createUpdate(RUN).bind("diagram", diagram).bind("number", number)
                .bind("run", run).execute();
    }

    /// Forgets what nobody named, but for the last ones.
    void trim(Tx tx, String diagram, int most) {
        tx.handle().createUpdate(TRIM).bind("diagram", diagram).bind("most", most).execute();
    }
}
