package orrery.server.iam.user;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;

final class UserTable {
    private static final RowMapper<User> USER = (row, context) -> new User(
            row.getString("id"),
            row.getString("username"),
            row.getString("email"),
            row.getBoolean("email_verified"),
            row.getString("name"),
            User.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
            row.getLong("uid"),
            Scope.project(row.getString("home_organization_id"), row.getString("home_project_id")),
            row.getLong("version"),
            row.getTimestamp("created_at").toInstant(),
            row.getTimestamp("updated_at").toInstant());

    private static final String COLUMNS = """
            id, username, email, email_verified, name, state, uid, home_organization_id,
            home_project_id, version, created_at, updated_at""";

    /// The numbers are the database's to give.
    private static final String INSERT = """
            insert into iam_user (id, username, email, name, home_organization_id,
                                  home_project_id, created_at, updated_at)
            values (:id, :username, :email, :name, :organization, :project, :at, :at)
            on conflict do nothing
            returning %s""".formatted(COLUMNS);

    /// Empty when the address or the username is taken.
    Optional<User> insert(Tx tx, User user) {
        return tx.handle().createQuery(INSERT)
                .bind("id", user.id())
                .bind("username", user.username())
                .bind("email", user.email())
                .bind("name", user.name())
                .bind("organization", user.home().organization())
                .bind("project", user.home().project())
                .bind("at", user.createdAt())
                .map(USER).findOne();
    }

    private static final String BY_ID = """
            select %s
            from iam_user
            where id = :id""".formatted(COLUMNS);

    Optional<User> byId(Tx tx, String id) {
        return tx.handle().createQuery(BY_ID).bind("id", id).map(USER).findOne();
    }

    private static final String BY_EMAIL = """
            select %s
            from iam_user
            where lower(email) = lower(:email)""".formatted(COLUMNS);

    Optional<User> byEmail(Tx tx, String email) {
        return tx.handle().createQuery(BY_EMAIL).bind("email", email).map(USER).findOne();
    }

    private static final String BY_USERNAME = """
            select %s
            from iam_user
            where username = :username""".formatted(COLUMNS);

    Optional<User> byUsername(Tx tx, String username) {
        return tx.handle().createQuery(BY_USERNAME).bind("username", username).map(USER).findOne();
    }

    private static final String TAKEN = """
            select username
            from iam_user
            where username = :username or username like :username || '-%'""";

    /// Usernames that begin like this one.
    Set<String> taken(Tx tx, String username) {
        return tx.handle().createQuery(TAKEN).bind("username", username)
                .mapTo(String.class).set();
    }

    private static final String LIVING_IN = """
            select username
            from iam_user
            where home_project_id = :project
            limit 10""";

    List<String> livingIn(Tx tx, String project) {
        return tx.handle().createQuery(LIVING_IN).bind("project", project)
                .mapTo(String.class).list();
    }

    /// Where nobody says of which organization, it is everybody's own home, and the account's
    /// state alone.
    private static final String RESIDENTS = """
            select iam_user.*, coalesce(:organization, home_organization_id) as place,
                   coalesce(organization.name, home_organization_id) as place_name,
                   case when iam_user.state = 'active' and :organization is not null
                        then coalesce(member.state, 'active')
                        else iam_user.state end as state_there
            from iam_user
            left join organization
              on organization.id = coalesce(:organization, home_organization_id)
            left join member
              on member.user_id = iam_user.id and member.organization_id = :organization
            where case when :user is not null then iam_user.id = :user
                       else :organization is null or member.user_id is not null end
            order by username
            limit :limit""";

    /// The people of an organization; everybody, where it is `null`; one of them, where `user` is
    /// not.
    List<Resident> residents(
            Tx tx, @Nullable String organization, @Nullable String user, int limit) {
        return tx.handle().createQuery(RESIDENTS)
                .bind("organization", organization).bind("user", user).bind("limit", limit)
                .map((row, context) -> new Resident(USER.map(row, context),
                        row.getString("place"), row.getString("place_name"),
                        User.State.valueOf(row.getString("state_there").toUpperCase(Locale.ROOT)),
                        List.of((String[]) row.getArray("ssh_keys").getArray())))
                .list();
    }

    private static final String SSH_KEYS = """
            select unnest(ssh_keys)
            from (select ssh_keys from iam_user where id = :id for update) as it""";

    /// They stay as they are until the transaction ends.
    List<String> sshKeys(Tx tx, String id) {
        return tx.handle().createQuery(SSH_KEYS).bind("id", id).mapTo(String.class).list();
    }

    private static final String SET_SSH_KEYS = """
            update iam_user
            set ssh_keys = :keys, updated_at = :at, version = version + 1
            where id = :id""";

    void sshKeys(Tx tx, String id, List<String> keys, Instant at) {
        tx.handle().createUpdate(SET_SSH_KEYS).bind("id", id)
                .bindArray("keys", String.class, keys).bind("at", at).execute();
    }

    private static final String RENAME = """
            update iam_user
            set name = :name, updated_at = :at, version = version + 1
            where id = :id
            returning %s""".formatted(COLUMNS);

    Optional<User> rename(Tx tx, String id, String name, Instant at) {
        return tx.handle().createQuery(RENAME)
                .bind("id", id).bind("name", name).bind("at", at)
                .map(USER).findOne();
    }

    private static final String CHANGE_EMAIL = """
            update iam_user
            set email = :email, email_verified = true, updated_at = :at, version = version + 1
            where id = :id
            returning %s""".formatted(COLUMNS);

    Optional<User> changeEmail(Tx tx, String id, String email, Instant at) {
        return tx.handle().createQuery(CHANGE_EMAIL)
                .bind("id", id).bind("email", email).bind("at", at)
                .map(USER).findOne();
    }

    private static final String PREFERENCES = """
            select preferences
            from iam_user
            where id = :id""";

    ObjectNode preferences(Tx tx, String id) {
        return Json.read(tx.handle().createQuery(PREFERENCES).bind("id", id)
                .mapTo(String.class).one(), ObjectNode.class);
    }

    private static final String SET_PREFERENCES = """
            update iam_user
            set preferences = :preferences, updated_at = :at, version = version + 1
            where id = :id""";

    void preferences(Tx tx, String id, ObjectNode preferences, Instant at) {
        tx.handle().createUpdate(SET_PREFERENCES)
                .bind("id", id).bind("preferences", Json.of(preferences)).bind("at", at)
                .execute();
    }

    private static final String CLAIMS = """
            select claims
            from iam_user
            where id = :id""";

    ObjectNode claims(Tx tx, String id) {
        return Json.read(tx.handle().createQuery(CLAIMS).bind("id", id)
                .mapTo(String.class).one(), ObjectNode.class);
    }

    private static final String SET_CLAIMS = """
            update iam_user
            set claims = :claims, updated_at = :at, version = version + 1
            where id = :id""";

    void claims(Tx tx, String id, ObjectNode claims, Instant at) {
        tx.handle().createUpdate(SET_CLAIMS)
                .bind("id", id).bind("claims", Json.of(claims)).bind("at", at)
                .execute();
    }
}
