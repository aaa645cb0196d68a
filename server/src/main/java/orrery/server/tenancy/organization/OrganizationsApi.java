package orrery.server.tenancy.organization;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.Locale;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Deleted;
import orrery.kit.http.Expandable;
import orrery.kit.http.Expands;
import orrery.kit.http.Flag;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Patch;
import orrery.kit.http.Place;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Organizations, as the cloud family shows them.
@Path("/v1/regions/global/organizations")
@RunOnVirtualThread
@On(Cloud.class)
public final class OrganizationsApi implements Expandable {
    private static final String PATH = "/v1/regions/global/organizations/";

    private final Organizations organizations;
    private final OrganizationDeletions deletions;

    record View(
            String id,
            String name,
            String selfLink,
            String displayName,
            @Nullable String description,
            String state,
            String ownerId,
            @Nullable String primaryDomain,
            SettingsView settings,
            long version,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant deletedAt) {
        static View of(Organization it) {
            return new View(it.id(), it.name(), PATH + it.id(), it.displayName(),
                    it.description(), it.deletion() != null ? "deleting"
                            : it.state().name().toLowerCase(Locale.ROOT), it.ownerId(),
                    it.primaryDomain(), SettingsView.of(it.settings()), it.version(),
                    it.createdAt(), it.updatedAt(), it.deletedAt());
        }
    }

    record New(
            @Nullable String name, @Nullable String displayName, @Nullable String description) {
        New {
            Naming.check(new Mistakes(), name, displayName, description).orRefuse();
        }
    }

    record SettingsView(
            @Nullable Integer apiKeyMaxTtlDays,
            @Nullable Integer apiKeyDefaultTtlDays,
            @Nullable Integer credentialMaxTtlDays,
            boolean allowOrgScopedKeys,
            boolean requireSso,
            boolean requireSecondFactor) {
        static SettingsView of(Settings it) {
            return new SettingsView(it.apiKeyMaxTtlDays(), it.apiKeyDefaultTtlDays(),
                    it.credentialMaxTtlDays(), it.allowOrgScopedKeys(), it.requireSso(),
                    it.requireSecondFactor());
        }
    }

    /// What is left out stays; `null` takes a limit away.
    record SettingsChange(
            Patch<Integer> apiKeyMaxTtlDays,
            Patch<Integer> apiKeyDefaultTtlDays,
            Patch<Integer> credentialMaxTtlDays,
            Patch<Boolean> allowOrgScopedKeys,
            Patch<Boolean> requireSso,
            Patch<Boolean> requireSecondFactor) {
        SettingsChange {
            new Mistakes()
                    .unless(!(allowOrgScopedKeys instanceof Patch.Clear), "allowOrgScopedKeys",
                            "cannot be cleared")
                    .unless(!(requireSso instanceof Patch.Clear), "requireSso",
                            "cannot be cleared")
                    .unless(!(requireSecondFactor instanceof Patch.Clear),
                            "requireSecondFactor", "cannot be cleared")
                    .orRefuse();
        }

        Settings of(Settings old) {
            return new Settings(
                    apiKeyMaxTtlDays.or(old.apiKeyMaxTtlDays()),
                    apiKeyDefaultTtlDays.or(old.apiKeyDefaultTtlDays()),
                    credentialMaxTtlDays.or(old.credentialMaxTtlDays()),
                    Boolean.TRUE.equals(allowOrgScopedKeys.or(old.allowOrgScopedKeys())),
                    Boolean.TRUE.equals(requireSso.or(old.requireSso())),
                    Boolean.TRUE.equals(
                            requireSecondFactor.or(old.requireSecondFactor())));
        }
    }

    /// @param state operators suspend an organization, and let it count again
    record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<String> primaryDomain,
            Patch<SettingsChange> settings,
            Patch<Organization.State> state) {
        Change {
            var mistakes = Naming.check(
                            new Mistakes(), null, displayName.or(null), description.or(null))
                    .unless(!displayName.isAbsent() || !description.isAbsent()
                                    || !primaryDomain.isAbsent() || !settings.isAbsent()
                                    || !state.isAbsent(), "body", "must change displayName,"
                            + " description, primaryDomain, settings or state")
                    .unless(!(displayName instanceof Patch.Clear), "displayName",
                            "cannot be cleared")
                    .unless(!(settings instanceof Patch.Clear), "settings", "cannot be cleared")
                    .unless(!(state instanceof Patch.Clear), "state", "cannot be cleared");
            Organization.checkDomain(mistakes, primaryDomain.or(null)).orRefuse();
        }
    }

    /// @param userId identifier or username of an active member
    record Transfer(String userId) {}

    public OrganizationsApi(Organizations organizations, OrganizationDeletions deletions) {
        this.organizations = organizations;
        this.deletions = deletions;
    }

    @Override
    @Expands("organization")
    @Needs(value = "org.organizations.get", in = Place.ORGANIZATION)
    public View show(Grant grant, String id) {
        return View.of(organizations.get(grant));
    }

    @GET
    @Own
    @Page.Of(OrganizationTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask,
            @Context Deleted deleted) {
        return Answer.page(organizations.list(grant, ask).map(View::of));
    }

    @POST
    @Needs(value = "org.organizations.create", in = Place.PLATFORM)
    public Answer<View> create(@Context Grant grant, New asked) {
        var made = organizations.create(grant, new Organization.New(
                asked.name(), asked.displayName(), asked.description()));
        return Answer.created(View.of(made), PATH + made.id()).version(made.version());
    }

    @GET
    @Path("/{organization}")
    @Needs(value = "org.organizations.get", in = Place.ORGANIZATION)
    public Answer<View> get(@Context Grant grant) {
        var found = organizations.get(grant);
        return Answer.ok(View.of(found)).version(found.version());
    }

    @PATCH
    @Path("/{organization}")
    @Needs(value = "org.organizations.update", in = Place.ORGANIZATION)
    public Answer<View> change(
            @Context Grant grant, @HeaderParam("If-Match") @Nullable String ifMatch,
            Change change) {
        var changed = organizations.change(grant, old -> {
            var settings = change.settings().or(null);
            return new Organization.Change(
                    present(change.displayName().or(old.displayName()), old.displayName()),
                    change.description().or(old.description()),
                    change.primaryDomain().or(old.primaryDomain()),
                    settings == null ? old.settings() : settings.of(old.settings()),
                    present(change.state().or(old.state()), old.state()));
        }, IfMatch.version(ifMatch));
        return Answer.ok(View.of(changed)).version(changed.version());
    }

    /// Hands the organization over. Who had it becomes an admin.
    @POST
    @Path("/{organization}:transferOwnership")
    @Needs(value = "org.ownership.update", in = Place.ORGANIZATION)
    public Answer<View> transfer(
            @Context Grant grant, @HeaderParam("If-Match") @Nullable String ifMatch,
            Transfer asked) {
        var changed = organizations.transfer(grant, asked.userId(), IfMatch.version(ifMatch));
        return Answer.ok(View.of(changed)).version(changed.version());
    }

    /// Deletes the organization with all that is in it, by a run.
    ///
    /// @param force whether clusters and whatever else lives in its projects goes too; operators
    ///     say so
    @DELETE
    @Path("/{organization}")
    @Needs(value = "org.organizations.delete", in = Place.ORGANIZATION)
    public Answer<View> delete(
            @Context Grant grant, @HeaderParam("If-Match") @Nullable String ifMatch,
            @QueryParam("force") @Nullable String force) {
        var accepted = deletions.delete(
                grant, IfMatch.version(ifMatch), Flag.isSet("force", force));
        var run = accepted.run();
        var view = View.of(accepted.organization());
        return Answer.accepted(view, new Answer.RunRef(run.id(), run.type(), run.status().text()))
                .at(view.selfLink()).version(view.version());
    }

    private static <T> T present(@Nullable T value, T old) {
        return value == null ? old : value;
    }
}
