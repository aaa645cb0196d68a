package orrery.server.workspace.workspace;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import orrery.kit.db.Tx;
import orrery.server.workspace.workspace.Workspace.Status;
import org.jspecify.annotations.Nullable;

/// The SQL of table `workspace`, and nothing else. Every statement that a person asked for is
/// bound to that person: somebody else's workspace is not found.
final class WorkspaceTable {
    private static final String COLUMNS = """
            id, name, owner, username, organization, user_string, blueprint, cluster, namespace,
            image, cpu, memory, status, message, restarts, job, progress, version, created_at,
            updated_at, ready_at""";

    private static final String INSERT = """
            insert into workspace (%s)
            values (:id, :name, :owner, :username, :organization, :userString, :blueprint, :cluster,
                    :namespace, :image, :cpu, :memory, :status, :message, :restarts, :job,
                    :progress, :version, :createdAt, :updatedAt, :readyAt)
            on conflict (name) where deleted_at is null do nothing""".formatted(COLUMNS);

    /// Whether it was inserted; not when the name is taken.
    boolean insert(Tx tx, Workspace workspace) {
        return tx.handle().createUpdate(INSERT).bindMethods(workspace).execute() == 1;
    }

    private static final String BY_NAME = """
            select %s
            from workspace
            where name = :name
              and owner = :owner
              and deleted_at is null""".formatted(COLUMNS);

    Optional<Workspace> find(Tx tx, String name) {
        return tx.handle().createQuery(BY_NAME)
                .bind("name", name)
                .bind("owner", tx.grant().principal().id())
                .mapTo(Workspace.class)
                .findOne();
    }

    private static final String LOCK = """
            select %s
            from workspace
            where id = :id
              and deleted_at is null
            for update""".formatted(COLUMNS);

    /// The row, held until the transaction ends, for a run that works on it.
    Optional<Workspace> lock(Tx tx, String id) {
        return tx.handle().createQuery(LOCK).bind("id", id).mapTo(Workspace.class).findOne();
    }

    private static final String LIST = """
            select %s
            from workspace
            where owner = :owner
              and deleted_at is null
            order by created_at desc, id
            limit :limit""".formatted(COLUMNS);

    List<Workspace> list(Tx tx, int limit) {
        return tx.handle().createQuery(LIST)
                .bind("owner", tx.grant().principal().id())
                .bind("limit", limit)
                .mapTo(Workspace.class)
                .list();
    }

    private static final String OF_PERSON = """
            select %s
            from workspace
            where owner = :owner
              and (:organization is null or organization = :organization)
              and deleted_at is null
            order by id
            for update""".formatted(COLUMNS);

    List<Workspace> ofPerson(Tx tx, String owner, @Nullable String organization) {
        return tx.handle().createQuery(OF_PERSON)
                .bind("owner", owner)
                .bind("organization", organization)
                .mapTo(Workspace.class)
                .list();
    }

    private static final String ON = """
            select %s
            from workspace
            where cluster = any(:clusters)
              and deleted_at is null
            order by id
            limit 200""".formatted(COLUMNS);

    /// Those on clusters, some of them.
    List<Workspace> on(Tx tx, Collection<String> clusters) {
        return tx.handle().createQuery(ON)
                .bindArray("clusters", String.class, clusters)
                .mapTo(Workspace.class)
                .list();
    }

    private static final String BEGIN = """
            update workspace
            set status = :status,
                message = :message,
                job = :job,
                progress = 0,
                updated_at = :at,
                version = version + 1
            where id = :id
              and deleted_at is null""";

    /// A run begins to work on it.
    void begin(Tx tx, String id, Status status, String message, String job, Instant at) {
        tx.handle().createUpdate(BEGIN)
                .bind("id", id)
                .bind("status", status.name())
                .bind("message", message)
                .bind("job", job)
                .bind("at", at)
                .execute();
        // The pod that it had until now proves nothing any more.
        tx.handle().createUpdate(BEGIN_ANEW).bind("id", id).execute();
    }

    private static final String MARK = """
            update workspace
            set status = :status,
                message = :message,
                restarts = :restarts,
                progress = :progress,
                ready_at = case when :status = 'Running' then :at else ready_at end,
                updated_at = :at,
                version = version + 1
            where id = :id
              and deleted_at is null""";

    /// What is now known of it.
    void mark(Tx tx, String id, PodState seen, int progress, Instant at) {
        tx.handle().createUpdate(MARK)
                .bind("id", id)
                .bind("status", seen.status().name())
                .bind("message", seen.message())
                .bind("restarts", seen.restarts())
                .bind("progress", progress)
                .bind("at", at)
                .execute();
    }

    private static final String KNOW = """
            update workspace
            set pod_uid = :pod, account_uid = :account
            where id = :id
              and deleted_at is null""";

    void know(Tx tx, String id, String pod, String account) {
        tx.handle().createUpdate(KNOW).bind("id", id).bind("pod", pod)
                .bind("account", account).execute();
    }

    private static final String BY_POD = """
            select %s, pod_uid, account_uid
            from workspace
            where pod_uid = :pod
              and account_uid is not null
              and deleted_at is null
              and status in ('Starting', 'Warning', 'Pulling', 'Running')""".formatted(COLUMNS);

    /// The workspace that has this pod now, while it comes up or is up.
    Optional<Workspaces.Proof> byPod(Tx tx, String pod) {
        return tx.handle().createQuery(BY_POD).bind("pod", pod)
                .map((row, context) -> new Workspaces.Proof(
                        context.findRowMapperFor(Workspace.class).orElseThrow().map(row, context),
                        row.getString("pod_uid"), row.getString("account_uid")))
                .findOne();
    }

    private static final String BEGIN_ANEW = """
            update workspace
            set pod_uid = null, account_uid = null
            where id = :id""";

    private static final String BY_JOB = """
            select %s
            from workspace
            where job = :job
              and owner = :owner
              and (deleted_at is null or deleted_at > :since)""".formatted(COLUMNS);

    /// The workspace that a job works on, or worked on until it was deleted after `since`.
    Optional<Workspace> byJob(Tx tx, String job, Instant since) {
        return tx.handle().createQuery(BY_JOB)
                .bind("job", job)
                .bind("owner", tx.grant().principal().id())
                .bind("since", since)
                .mapTo(Workspace.class)
                .findOne();
    }

    private static final String DELETE = """
            update workspace
            set deleted_at = :at,
                updated_at = :at,
                version = version + 1
            where id = :id
              and deleted_at is null""";

    void delete(Tx tx, String id, Instant at) {
        tx.handle().createUpdate(DELETE).bind("id", id).bind("at", at).execute();
    }
}
