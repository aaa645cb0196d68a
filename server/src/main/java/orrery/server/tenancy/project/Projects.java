package orrery.server.tenancy.project;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Epochs;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.policy.Reach;
import orrery.server.iam.policy.Policy;
import orrery.server.iam.role.Predefined;
import orrery.server.tenancy.organization.Organizations;

/// The projects of all organizations.
@Singleton
public final class Projects {
    static final String KIND = "project";
    private static final Permission GET = new Permission("org.projects.get");

    private final ProjectTable table = new ProjectTable();
    private final Database database;
    private final Organizations organizations;
    private final Policies policies;
    private final Epochs epochs;
    private final Events events;
    private final Paging paging;
    private final Iterable<Contents> contents;
    private final Ids ids;
    private final Clock clock;

    public Projects(
            Database database, Organizations organizations, Policies policies, Epochs epochs,
            Events events, Paging paging, @Any Instance<Contents> contents, Ids ids,
            Clock clock) {
        this.database = database;
        this.organizations = organizations;
        this.policies = policies;
        this.epochs = epochs;
        this.events = events;
        this.paging = paging;
        this.contents = contents;
        this.ids = ids;
        this.clock = clock;
    }

    /// Makes a project in the organization that the grant is for.
    public Project create(Grant grant, Project.New asked) {
        return database.tx(grant,
                tx -> create(tx, grant.scope().requireOrganization(), asked));
    }

    /// Makes a project, as part of something larger.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] for the name
    public Project create(Tx tx, String organization, Project.New asked) {
        organizations.hold(tx, organization);
        var id = ids.next("prj");
        var name = asked.name() == null ? Slug.of(KIND, id) : asked.name();
        var displayName = asked.displayName() == null ? name : asked.displayName();
        var now = clock.instant();
        var made = new Project(id, organization, name, displayName, asked.description(),
                asked.visibility(), null, 1, now, now, null);
        if (!table.insert(tx, made)) {
            throw new Problem.AlreadyExists(KIND, name).raise();
        }
        events.append(tx, event("project.created", made));
        show(tx, made);
        return made;
    }

    public Optional<Project> byId(Tx tx, String id) {
        return table.byId(tx, id);
    }

    /// Projects of that name which the principal may see.
    List<Project> byName(Tx tx, Principal principal, String name) {
        return table.byName(tx, policies.reach(tx, principal, GET), name);
    }

    /// Where the caller holds a permission: for lists of what is in projects.
    public Reach reach(Tx tx, Grant grant, Permission permission) {
        return policies.reach(tx, grant.principal(), permission);
    }

    /// Keeps the project that the grant is for from being deleted while something is put into it.
    /// Whoever makes a resource in a project calls this in the same transaction.
    ///
    /// @throws Problem.Failure [Problem.NotFound] when it is gone, [Problem.IllegalTransition]
    ///     while it is deleted with all that is in it
    public void hold(Tx tx, Scope project) {
        var id = project.requireProject();
        boolean isOpen = table.share(tx, id)
                .orElseThrow(() -> new Problem.NotFound(KIND, id).raise());
        if (!isOpen) {
            throw new Problem.IllegalTransition(KIND, id, "deleting", "take anything in").raise();
        }
    }

    /// The project that the grant is for.
    public Project get(Grant grant) {
        return database.read(grant, tx -> present(table.byId(tx, id(grant)), id(grant)));
    }

    /// One page of those that the caller may see, the newest first.
    public Page<Project> list(Grant grant, PageAsk ask) {
        return database.read(grant, tx -> table.list(tx, paging, ask.orFromTheStart(),
                policies.reach(tx, grant.principal(), seen(ask))));
    }

    /// As [#list], of those that have something in a region.
    public Page<Project> listIn(Grant grant, PageAsk ask, String region) {
        return database.read(grant, tx -> {
            var placed = new TreeSet<String>();
            contents.forEach(some -> placed.addAll(some.projectsIn(tx, region)));
            return table.listOf(tx, paging, ask.orFromTheStart(),
                    policies.reach(tx, grant.principal(), seen(ask)), placed);
        });
    }

    /// Names of the projects of an organization, a hundred at most.
    public List<String> names(Tx tx, String organization) {
        return table.names(tx, organization);
    }

    /// Changes the project that the grant is for.
    ///
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.PreconditionFailed]
    public Project change(Grant grant, Project.Change change, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var old = present(table.lock(tx, id(grant)), id(grant));
            IfMatch.verify(KIND, old.id(), old.version(), expected);
            var changed = table.change(tx, id(grant), change, clock.instant());
            events.append(tx, event("project.updated", changed));
            show(tx, changed);
            return changed;
        });
    }

    /// The project, as nobody else changes it until the transaction ends.
    ///
    /// @throws Problem.Failure [Problem.NotFound]
    Project lock(Tx tx, Scope project) {
        return present(table.lock(tx, project.requireProject()), project.requireProject());
    }

    /// All of an organization.
    public List<Project> all(Tx tx, String organization) {
        return table.all(tx, organization);
    }

    /// Notes the run that deletes a project: nothing is put into it from now on.
    void deleting(Tx tx, Project project, String run) {
        table.deleting(tx, project.id(), run, clock.instant());
        events.append(tx, event("project.deleting", project));
    }

    /// Notes that a project could not be deleted, and stays.
    void kept(Tx tx, Scope project) {
        table.lock(tx, project.requireProject()).ifPresent(found -> {
            table.deleting(tx, found.id(), null, clock.instant());
            events.append(tx, event("project.kept", found));
        });
    }

    /// Notes that a project is no more. Its name is free at once.
    void ended(Tx tx, Project project) {
        table.delete(tx, project.id(), clock.instant());
        events.append(tx, event("project.deleted", project));
        epochs.raise(tx, project.organizationId());
    }

    /// What one must hold to see these.
    private static Permission seen(PageAsk ask) {
        return ask.deleted().isShown() ? GET.to("update") : GET;
    }

    private static NewEvent event(String type, Project about) {
        return new NewEvent(type, new Subject(KIND, about.id()), about.scope(),
                Map.of("name", about.name()));
    }

    /// Lets all members of the organization look into a project of that visibility, and only
    /// those.
    private void show(Tx tx, Project project) {
        var members = new Policy.Holders.Members(project.organizationId());
        switch (project.visibility()) {
            case ORG -> policies.give(tx, Predefined.VIEWER, members, project.scope());
            case PRIVATE -> policies.take(tx, Predefined.VIEWER, members, project.scope());
        }
    }

    private static Project present(Optional<Project> found, String id) {
        return found.orElseThrow(() -> new Problem.NotFound(KIND, id).raise());
    }

    private static String id(Grant grant) {
        return grant.scope().requireProject();
    }
}
