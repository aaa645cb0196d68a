package orrery.server.iam.provider;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Sentences;
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.Locator;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;
import orrery.server.iam.provider.Provider.Kind;
import orrery.server.iam.provider.Trial.Check;

/// The providers that say who people are: those of organizations, and those of the installation.
@Singleton
public final class Providers implements Locator {
    public static final SealedColumn SEALED = ProviderTable.SEALED;

    /// What stands in front of a domain where its proof is looked for.
    static final String RECORD = "_orrery-challenge.";

    private static final String KIND = "provider";
    private static final int MOST = 20;

    private final ProviderTable table = new ProviderTable();
    private final Database database;
    private final Discoveries discoveries;
    private final DomainRecords records;
    private final Reaching reaching;
    private final Sealing sealing;
    private final Iterable<ProviderEnd> ends;
    private final Events events;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Providers(
            Database database, Discoveries discoveries, DomainRecords records, Reaching reaching,
            Sealing sealing, @Any Instance<ProviderEnd> ends, Events events, Paging paging,
            Ids ids, Clock clock) {
        this.database = database;
        this.discoveries = discoveries;
        this.records = records;
        this.reaching = reaching;
        this.sealing = sealing;
        this.ends = ends;
        this.events = events;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// Makes a provider of the organization, or of the installation, that the grant is for.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] for its name or its domain
    public Provider create(Grant grant, ProviderTerms asked) {
        asked.checkTls(reaching.namedHosts());
        var terms = asked.settled();
        var organization = grant.scope().organization();
        return database.tx(grant, tx -> {
            if (table.count(tx, organization) >= MOST) {
                throw new Problem.QuotaExceeded("identity providers", MOST, MOST + 1).raise();
            }
            var id = ids.next("idp");
            var now = clock.instant();
            var made = new Provider(id, organization,
                    terms.name() == null ? Slug.of(KIND, id) : terms.name(), terms.displayName(),
                    terms.kind(), terms.tenantDomain(), challenge(), null, null, null,
                    terms.endpoints(), terms.signUp(), join(organization, terms),
                    terms.enabled(), grant.principal().id(), 1, now, now);
            checkDomain(tx, made);
            if (!table.insert(tx, made, sealed(id, terms))) {
                throw new Problem.AlreadyExists(KIND, made.name()).raise();
            }
            events.append(tx, event("provider.created", made));
            return made;
        });
    }

    /// One page of those of the organization, or of the installation, that the grant is for.
    public Page<Provider> list(Grant grant, PageAsk ask) {
        return database.read(grant, tx -> table.list(
                tx, paging, ask.orFromTheStart(), grant.scope().organization()));
    }

    /// @param key identifier or name
    public Provider get(Grant grant, String key) {
        return database.read(grant, tx -> find(tx, grant, key));
    }

    /// Changes a provider. Another domain must be proved anew. Who came in by one that signs in
    /// nobody any more, or that is another now, is signed out.
    ///
    /// @param patch makes the new terms out of the old provider
    /// @param expected the version that the caller knows, if it cares
    public Provider change(
            Grant grant, String key, Function<Provider, ProviderTerms> patch,
            OptionalLong expected) {
        var known = get(grant, key);
        var asked = patch.apply(known);
        asked.checkTls(reaching.namedHosts());
        var terms = asked.settled();
        return database.tx(grant, tx -> {
            var old = find(tx, grant, key);
            if (old.version() != known.version()
                    || expected.isPresent() && expected.getAsLong() != old.version()) {
                throw stale(old, expected.orElse(known.version()));
            }
            var sameDomain = String.valueOf(old.tenantDomain())
                    .equals(String.valueOf(terms.tenantDomain()));
            var to = new Provider(old.id(), old.organizationId(),
                    terms.name() == null ? old.name() : terms.name(), terms.displayName(),
                    old.kind(), terms.tenantDomain(), sameDomain ? old.challenge() : challenge(),
                    sameDomain ? old.provedAt() : null, sameDomain ? old.approvedBy() : null,
                    sameDomain ? old.missingSince() : null,
                    terms.endpoints(), terms.signUp(), join(old.organizationId(), terms),
                    terms.enabled(), old.createdBy(), old.version(), old.createdAt(),
                    old.updatedAt());
            checkDomain(tx, to);
            if (terms.clientSecret() != null) {
                table.setSecret(tx, old.id(), sealed(old.id(), terms));
            } else if (!to.endpoints().urls().equals(old.endpoints().urls())
                    && table.secret(tx, old.id()).isPresent()) {
                // Else whoever may change a provider could have its secret sent to themself.
                throw new Problem.Invalid(List.of(new Problem.Mistake("clientSecret",
                        "must be given again when the provider's addresses change"))).raise();
            }
            var changed = changed(tx, "provider.updated", to);
            if (old.enabled() && !(changed.enabled() && changed.isSameAs(old))) {
                ends.forEach(it -> it.ended(tx, changed.id()));
            }
            return changed;
        });
    }

    /// Deletes a provider. Who signed in by it is signed out, and can no more until they are let in
    /// otherwise.
    public void delete(Grant grant, String key, OptionalLong expected) {
        database.write(grant, tx -> {
            var found = find(tx, grant, key);
            if (expected.isPresent() && expected.getAsLong() != found.version()) {
                throw stale(found, expected.getAsLong());
            }
            table.delete(tx, found.id());
            ends.forEach(it -> it.ended(tx, found.id()));
            events.append(tx, event("provider.deleted", found));
        });
    }

    /// Looks for the proof of the domain in DNS, and notes it when it is there.
    ///
    /// @throws Problem.Failure [Problem.Unprocessable] when it is not there,
    ///     [Problem.AlreadyExists] when another provider has proved the domain
    public Provider prove(Grant grant, String key) {
        var found = get(grant, key);
        var domain = domain(found);
        if (!records.of(RECORD + domain).contains(found.challenge())) {
            throw new Problem.Unprocessable(List.of(new Problem.Mistake("tenantDomain",
                    "is not proved: set a TXT record of " + RECORD + domain + " to "
                            + found.challenge() + " and try again when it is published")))
                    .raise();
        }
        return proved(grant, found, null);
    }

    /// Vouches for the domain, as an operator.
    public Provider approve(Grant operator, String id) {
        var found = database.read(operator, tx -> table.byId(tx, id))
                .orElseThrow(() -> new Problem.NotFound(KIND, id).raise());
        domain(found);
        return proved(operator, found, operator.principal().id());
    }

    private Provider proved(Grant grant, Provider found, @Nullable String approvedBy) {
        return database.tx(grant, tx -> {
            checkDomain(tx, found);
            return changed(tx, "provider.domainProved",
                    found.proved(clock.instant(), approvedBy));
        });
    }

    /// Tries whether people could sign in there: what can be seen without one of them.
    public Trial test(Grant grant, String key) {
        var found = get(grant, key);
        var checks = new ArrayList<Check>();
        var isReady = found.kind() == Kind.OIDC ? discovered(found, checks)
                : reached(found, checks);
        var hasSecret = database.read(grant, tx -> table.secret(tx, found.id())).isPresent();
        checks.add(new Check("clientSecret", hasSecret || found.kind() == Kind.OIDC, hasSecret
                ? "is set; only a sign-in shows whether it is right"
                : "is not set: most providers want one"));
        checks.add(new Check("tenantDomain", found.tenantDomain() == null || found.isProved(),
                found.tenantDomain() == null ? "is not set: nobody is sent here by address"
                        : found.isProved() ? "is proved" : "is not proved yet"));
        return new Trial(isReady && found.enabled(), checks);
    }

    private boolean discovered(Provider found, List<Check> checks) {
        try {
            var said = discoveries.anew(String.valueOf(found.endpoints().discoveryUrl()));
            checks.add(new Check("discovery", true, "the issuer is " + said.issuer()));
            checks.add(new Check("keys", true, "it has " + said.keys().size() + " keys"));
            return true;
        } catch (Problem.Failure refusal) {
            checks.add(new Check("discovery", false, Sentences.of(refusal.problem())));
            return false;
        }
    }

    /// What an OAuth2 provider shows to strangers is that it wants a token.
    private boolean reached(Provider found, List<Check> checks) {
        var address = String.valueOf(found.endpoints().userinfoUrl());
        try {
            var status = discoveries.status("oauthConfig.userinfoUrl", URI.create(address));
            var isThere = status == 401 || status == 403;
            checks.add(new Check("userinfo", isThere, isThere ? "wants a token, as it should"
                    : "answers " + status + " without a token; 401 is expected"));
            return isThere;
        } catch (Problem.Failure refusal) {
            checks.add(new Check("userinfo", false, Sentences.of(refusal.problem())));
            return false;
        }
    }

    /// One that signs people in now.
    public Optional<Provider> enabled(Tx tx, String id) {
        return table.byId(tx, id).filter(Provider::enabled);
    }

    /// Keeps a provider as it is until the transaction ends.
    ///
    /// @throws Problem.Failure [Problem.Refused] when it signs in nobody (any more)
    public void hold(Tx tx, String id) {
        if (!table.hold(tx, id)) {
            throw new Problem.Refused("sign-in", "the identity provider signs in nobody any"
                    + " more: sign in otherwise").raise();
        }
    }

    /// One of the installation, by its name, or any by its identifier, that signs people in now.
    public Optional<Provider> named(Tx tx, String key) {
        return Ids.isId(key) ? enabled(tx, key)
                : table.find(tx, null, key).filter(Provider::enabled);
    }

    /// Where people with such an address are sent to sign in.
    public Optional<Provider> routed(Tx tx, String email) {
        return Domains.of(email).flatMap(domain -> table.routed(tx, domain));
    }

    /// Whether anybody is sent anywhere by their address.
    public boolean isAnyRouted(Tx tx) {
        return table.isAnyRouted(tx);
    }

    /// Those of the installation, which everybody is shown.
    public List<Provider> ofInstallation(Tx tx) {
        return table.ofInstallation(tx);
    }

    /// What we prove with who we are there; empty for none.
    public String clientSecret(Tx tx, Provider provider) {
        return table.secret(tx, provider.id())
                .map(sealed -> sealing.open(sealed, SEALED.at(provider.id()))).orElse("");
    }

    @Override
    public String prefix() {
        return "idp";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.byId(tx, id).map(it -> it.organizationId() == null ? Scope.PLATFORM
                : Scope.organization(it.organizationId()));
    }

    private Provider find(Tx tx, Grant grant, String key) {
        return table.find(tx, grant.scope().organization(), key)
                .orElseThrow(() -> new Problem.NotFound(KIND, key).raise());
    }

    private Provider changed(Tx tx, String type, Provider to) {
        var changed = table.change(tx, to, clock.instant())
                .orElseThrow(() -> stale(to, to.version()));
        events.append(tx, event(type, changed));
        return changed;
    }

    private void checkDomain(Tx tx, Provider wanting) {
        if (wanting.tenantDomain() != null
                && table.isTaken(tx, wanting, wanting.tenantDomain())) {
            throw new Problem.AlreadyExists(KIND + " for the domain", wanting.tenantDomain())
                    .raise();
        }
    }

    private static String domain(Provider provider) {
        if (provider.tenantDomain() == null) {
            throw new Problem.Unprocessable(List.of(new Problem.Mistake("tenantDomain",
                    "is not set: there is nothing to prove"))).raise();
        }
        return provider.tenantDomain();
    }

    /// New people of an organization's provider belong to that organization.
    private static @Nullable String join(@Nullable String organization, ProviderTerms terms) {
        return organization == null ? terms.joinOrganizationId() : organization;
    }

    private byte @Nullable [] sealed(String id, ProviderTerms terms) {
        return terms.clientSecret() == null ? null
                : sealing.seal(terms.clientSecret(), SEALED.at(id));
    }

    private String challenge() {
        return "orrery-domain-proof=" + ids.next("dns").substring(4);
    }

    private static Problem.Failure stale(Provider provider, long expected) {
        return new Problem.PreconditionFailed(KIND, provider.id(), "version " + expected,
                "version " + provider.version()).raise();
    }

    static NewEvent event(String type, Provider about) {
        Instant proved = about.provedAt();
        return new NewEvent(type, new Subject(KIND, about.id()),
                about.organizationId() == null ? Scope.PLATFORM
                        : Scope.organization(about.organizationId()),
                Map.of("name", about.name(), "domain", String.valueOf(about.tenantDomain()),
                        "proved", proved != null));
    }
}
