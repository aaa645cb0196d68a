package orrery.server.studio.importer;

import java.time.Instant;
import java.util.Optional;
import orrery.kit.db.Tx;

/// The SQL of table `import_session`, and nothing else. A session is its owner's alone.
final class ImportTable {
    private static final String INSERT = """
            insert into import_session (id, owner, sealed, created_at)
            values (:id, :owner, :sealed, :at)""";

    void insert(Tx tx, String id, byte[] sealed, Instant at) {
        tx.handle().createUpdate(INSERT)
                .bind("id", id)
                .bind("owner", tx.grant().principal().id())
                .bind("sealed", sealed)
                .bind("at", at)
                .execute();
    }

    private static final String FIND = """
            select sealed
            from import_session
            where id = :id
              and owner = :owner
              and created_at > :since""";

    Optional<byte[]> find(Tx tx, String id, Instant since) {
        return tx.handle().createQuery(FIND)
                .bind("id", id)
                .bind("owner", tx.grant().principal().id())
                .bind("since", since)
                .mapTo(byte[].class)
                .findOne();
    }

    private static final String SWEEP = """
            delete from import_session
            where created_at < :before""";

    /// Forgets what nobody came back for.
    void sweep(Tx tx, Instant before) {
        tx.handle().createUpdate(SWEEP).bind("before", before).execute();
    }
}
