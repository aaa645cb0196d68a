package orrery.server.workspace.session;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;

final class ShellSessionTable {
    private static final String INSERT = """
            insert into shell_session (id, user_id, workspace, blueprint, client, address,
                                       started_at, updated_at)
            values (:id, :user, :workspace, :blueprint, :client, :address, :at, :at)""";

    void insert(Tx tx, String user, ShellSession session) {
        tx.handle().createUpdate(INSERT)
                .bind("id", session.id())
                .bind("user", user)
                .bind("workspace", session.workspace())
                .bind("blueprint", session.blueprint())
                .bind("client", session.client())
                .bind("address", session.address())
                .bind("at", session.startedAt())
                .execute();
    }

    private static final String TOUCH = """
            update shell_session
            set bytes_in = :in, bytes_out = :out, updated_at = :at,
                ended_at = case when :over then cast(:at as timestamptz) end
            where id = :id and ended_at is null""";

    void touch(Tx tx, String id, long in, long out, boolean isOver, Instant at) {
        tx.handle().createUpdate(TOUCH).bind("id", id).bind("in", in).bind("out", out)
                .bind("over", isOver).bind("at", at).execute();
    }

    /// Whose server died did not say that it ended: it did when it was last heard of.
    private static final String LIST = """
            select *
            from (select session.id, username, workspace, blueprint, client, address, bytes_in,
                         bytes_out, started_at, session.updated_at,
                         coalesce(ended_at, case when session.updated_at < :silent
                                            then session.updated_at end) as ended_at
                  from shell_session session
                  join iam_user on iam_user.id = user_id
                  where user_id = :user and (:workspace::text is null or workspace = :workspace)
                 ) as it
            where :all or ended_at is null
            order by started_at desc, id
            limit :limit""";

    /// @param workspace name of the only one; `null` for any
    /// @param silent what was not heard of since then has ended
    List<ShellSession> list(Tx tx, String user, @Nullable String workspace, boolean all,
            Instant silent, int limit) {
        return tx.handle().createQuery(LIST).bind("user", user).bind("workspace", workspace)
                .bind("all", all).bind("silent", silent).bind("limit", limit)
                .mapTo(ShellSession.class).list();
    }

    private static final String SWEEP = """
            delete from shell_session
            where id in (select id from shell_session where updated_at < :before limit 1000)""";

    void sweep(Tx tx, Instant before) {
        tx.handle().createUpdate(SWEEP).bind("before", before).execute();
    }
}
