package orrery.server.auth.exchange;

import java.util.Optional;
import orrery.kit.db.Json;
import orrery.kit.db.Jsonb;
import orrery.kit.db.Tx;

final class ClientSessionTable {
    /// What a client's session may give tokens for.
    record Row(String sessionId, String clientId, @Jsonb Terms terms) {}

    private static final String INSERT = """
            insert into client_session (session_id, client_id, terms)
            values (:session, :client, :terms)""";

    void insert(Tx tx, Row row) {
        tx.handle().createUpdate(INSERT)
                .bind("session", row.sessionId())
                .bind("client", row.clientId())
                .bind("terms", Json.of(row.terms()))
                .execute();
    }

    private static final String FIND = """
            select *
            from client_session
            where session_id = :session""";

    Optional<Row> find(Tx tx, String session) {
        return tx.handle().createQuery(FIND).bind("session", session).mapTo(Row.class).findOne();
    }
}
