package orrery.server.auth.check;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.http.Place;
import orrery.kit.http.Places;
import orrery.server.iam.apikey.ApiKeys;
import orrery.server.iam.policy.Evaluator;
import orrery.server.iam.policy.Explanation;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.serviceaccount.ServiceAccounts;
import orrery.server.iam.user.Members;

/// Answers what somebody may do, by the function that decides it for every request.
@Singleton
public final class Checks {
    private static final Permission CHECK = new Permission("auth.checks.create");

    private final Database database;
    private final Evaluator evaluator;
    private final Policies policies;
    private final Places places;
    private final Access access;
    private final ApiKeys keys;
    private final ServiceAccounts accounts;
    private final Members members;

    /// May the subject do `action` with `resource`?
    ///
    /// @param resource identifier of an organization, a project or a resource
    record Question(Permission action, String resource) {}

    /// @param why only where it was asked for
    record Verdict(boolean allowed, @Nullable Explanation why) {}

    public Checks(Database database, Evaluator evaluator, Policies policies, Places places,
            Access access, ApiKeys keys, ServiceAccounts accounts, Members members) {
        this.database = database;
        this.evaluator = evaluator;
        this.policies = policies;
        this.places = places;
        this.access = access;
        this.keys = keys;
        this.accounts = accounts;
        this.members = members;
    }

    /// All answers hold at one moment: where a policy changes in between, they are given anew.
    ///
    /// @param subject identifier of a user, an API key or a client; `null` for the caller itself,
    ///     with the limits of its token
    /// @param explain whether to say why, which is for who administers the organization
    /// @throws Problem.Failure [Problem.Forbidden] for somebody else without being asked to
    ///     administer, [Problem.NotFound] for a subject that the organization does not have
    List<Verdict> answer(Grant grant, @Nullable String subject, List<Question> questions,
            boolean explain) {
        if (subject != null && !subject.equals(grant.principal().id()) || explain) {
            access.require(grant.call(), CHECK, organization(grant));
        }
        var who = subject == null || subject.equals(grant.principal().id()) ? grant.principal()
                : principal(grant, subject);
        return evaluator.atOneMoment(() -> questions.stream()
                .map(question -> verdict(grant, who, question, explain)).toList());
    }

    private Verdict verdict(Grant grant, Principal who, Question question, boolean explain) {
        var place = place(grant, question.resource());
        if (place.isEmpty()) {
            return new Verdict(false, explain ? Explanation.UNKNOWN : null);
        }
        var allowed = question.action().isCoveredByAny(evaluator.held(who, place.get()));
        return new Verdict(allowed, !explain ? null : database.read(grant, tx ->
                policies.explain(tx, who, question.action(), place.get(), allowed)));
    }

    /// Where something lies; empty for what is not there or the caller may not know.
    private Optional<Scope> place(Grant grant, String resource) {
        try {
            var kind = resource.startsWith("org_") ? Place.ORGANIZATION
                    : resource.startsWith("prj_") ? Place.PROJECT : Place.RESOURCE;
            return Optional.of(places.find(grant.call(), kind, Map.of(
                    "organization", resource, "project", resource, "resource", resource)));
        } catch (Problem.Failure unknown) {
            return Optional.empty();
        }
    }

    private Principal principal(Grant grant, String subject) {
        var organization = organization(grant).requireOrganization();
        return database.read(grant, tx -> find(tx, organization, subject))
                .orElseThrow(() -> new Problem.NotFound("subject", subject).raise());
    }

    private Optional<Principal> find(Tx tx, String organization, String subject) {
        if (subject.startsWith("key_")) {
            return keys.active(tx, subject)
                    .filter(key -> organization.equals(key.scope().organization()))
                    .map(key -> new Principal(Principal.Kind.API_KEY, key.userId(), key.id(),
                            key.scope(), key.roles()));
        }
        if (subject.startsWith("usr_")) {
            return members.isActive(tx, organization, subject)
                    ? Optional.of(new Principal(Principal.Kind.USER, subject, null,
                            Scope.organization(organization), null))
                    : Optional.empty();
        }
        return accounts.byClient(tx, subject)
                .filter(account -> account.scope().requireOrganization().equals(organization))
                .map(account -> new Principal(Principal.Kind.SERVICE_ACCOUNT, account.id(), null,
                        account.scope(), null));
    }

    private static Scope organization(Grant grant) {
        return Scope.organization(grant.scope().requireOrganization());
    }
}
