package orrery.server.auth.openid;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orrery.kit.db.Tx;

final class ConsentTable {
    record Row(String clientId, Set<String> scopes, Instant givenAt) {}

    private static final String FIND = """
            select client_id, scopes, given_at
            from consent
            where user_id = :user and client_id = :client""";

    Optional<Row> find(Tx tx, String user, String client) {
        return tx.handle().createQuery(FIND).bind("user", user).bind("client", client)
                .mapTo(Row.class).findOne();
    }

    private static final String OF_USER = """
            select client_id, scopes, given_at
            from consent
            where user_id = :user
            order by given_at desc, client_id
            limit :limit""";

    List<Row> ofUser(Tx tx, String user, int limit) {
        return tx.handle().createQuery(OF_USER).bind("user", user).bind("limit", limit)
                .mapTo(Row.class).list();
    }

    private static final String DELETE = """
            delete from consent
            where user_id = :user and client_id = :client""";

    /// Whether there was one.
    boolean delete(Tx tx, String user, String client) {
        return tx.handle().createUpdate(DELETE).bind("user", user).bind("client", client)
                .execute() == 1;
    }

    /// What was allowed before stays allowed.
    private static final String ADD = """
            insert into consent as old (user_id, client_id, scopes, given_at)
            values (:user, :client, :scopes, :at)
            on conflict (user_id, client_id) do update
            set given_at = :at, scopes = array(
                select distinct unnest(old.scopes || excluded.scopes) order by 1)""";

    void add(Tx tx, String user, String client, Collection<String> scopes, Instant at) {
        tx.handle().createUpdate(ADD)
                .bind("user", user)
                .bind("client", client)
                .bindByType("scopes", scopes.toArray(String[]::new), String[].class)
                .bind("at", at)
                .execute();
    }
}
