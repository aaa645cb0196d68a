package orrery.server.iam.provider;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.kit.http.Places;
import orrery.kit.http.Tenant;
import orrery.server.surface.Cloud;

/// Identity providers, as the cloud family shows them. `orgId=*` means those of the installation.
@Path("/v1/regions/global/iam/providers")
@RunOnVirtualThread
@On(Cloud.class)
public final class ProvidersApi {
    private static final String PATH = "/v1/regions/global/iam/providers/";

    private final Providers providers;
    private final Reaching reaching;
    private final Tenant tenant;
    private final Places places;

    record OidcView(
            String discoveryUrl, String clientId, List<String> scopes,
            List<String> mfaValues) {}

    record OauthView(
            String clientId, String authorizationUrl, String tokenUrl, String userinfoUrl,
            @Nullable String emailsUrl, List<String> scopes) {}

    /// How the domain is proved.
    ///
    /// @param state `none`, `unproved`, `proved` by DNS or `approved` by an operator
    /// @param record name of the TXT record that proves it; `null` without a domain
    /// @param value what the record must say
    /// @param missingSince since when the record is not found; three days later the domain is
    ///     unproved
    record DomainView(
            String state, @Nullable String record, @Nullable String value,
            @Nullable Instant provedAt, @Nullable Instant missingSince) {
        static DomainView of(Provider it) {
            if (it.tenantDomain() == null) {
                return new DomainView("none", null, null, null, null);
            }
            var state = !it.isProved() ? "unproved"
                    : it.approvedBy() == null ? "proved" : "approved";
            return new DomainView(state, Providers.RECORD + it.tenantDomain(), it.challenge(),
                    it.provedAt(), it.missingSince());
        }
    }

    /// @param redirectUris to register at the provider
    record View(
            String id,
            String name,
            String selfLink,
            @Nullable String organizationId,
            String displayName,
            Provider.Kind kind,
            @Nullable String tenantDomain,
            DomainView domain,
            @Nullable OidcView oidcConfig,
            @Nullable OauthView oauthConfig,
            Provider.SignUp signUp,
            @Nullable String joinOrganizationId,
            boolean enabled,
            List<String> redirectUris,
            String createdBy,
            long version,
            Instant createdAt,
            Instant updatedAt) {}

    record CheckView(String name, boolean passed, String message) {}

    record TrialView(boolean success, List<CheckView> checks) {
        static TrialView of(Trial it) {
            return new TrialView(it.isReady(), it.checks().stream()
                    .map(one -> new CheckView(one.name(), one.passed(), one.message()))
                    .toList());
        }
    }

    public ProvidersApi(
            Providers providers, Reaching reaching, Tenant tenant, Places places) {
        this.providers = providers;
        this.reaching = reaching;
        this.tenant = tenant;
        this.places = places;
    }

    @GET
    @Needs(value = "iam.providers.list", in = Place.TENANT)
    @Page.Of(ProviderTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask) {
        return Answer.page(providers.list(grant, ask).map(this::view));
    }

    @POST
    @Own
    public Answer<View> create(@Context Grant caller, ProviderBody.New asked) {
        var grant = tenant.require(caller, "iam.providers.create", asked.orgId());
        var made = providers.create(grant, asked.terms(join(grant, asked.joinOrganizationId())));
        return Answer.created(view(made), PATH + made.id()).version(made.version());
    }

    @GET
    @Path("/{provider}")
    @Needs(value = "iam.providers.get", in = Place.TENANT)
    public Answer<View> get(@Context Grant grant, @PathParam("provider") String key) {
        var found = providers.get(grant, key);
        return Answer.ok(view(found)).version(found.version());
    }

    @PATCH
    @Path("/{provider}")
    @Needs(value = "iam.providers.update", in = Place.TENANT)
    public Answer<View> change(
            @Context Grant grant, @PathParam("provider") String key,
            @HeaderParam("If-Match") @Nullable String ifMatch, ProviderBody.Change change) {
        var join = change.joinOrganizationId();
        var changed = providers.change(grant, key,
                old -> change.of(old, join.isAbsent() ? old.joinOrganizationId()
                        : join(grant, join.or(null))),
                IfMatch.version(ifMatch));
        return Answer.ok(view(changed)).version(changed.version());
    }

    @DELETE
    @Path("/{provider}")
    @Needs(value = "iam.providers.delete", in = Place.TENANT)
    public Answer<Void> delete(
            @Context Grant grant, @PathParam("provider") String key,
            @HeaderParam("If-Match") @Nullable String ifMatch) {
        providers.delete(grant, key, IfMatch.version(ifMatch));
        return Answer.none();
    }

    /// Tries whether people could sign in there.
    @POST
    @Path("/{provider}:test")
    @Needs(value = "iam.providers.update", in = Place.TENANT)
    public Answer<TrialView> test(@Context Grant grant, @PathParam("provider") String key) {
        return Answer.ok(TrialView.of(providers.test(grant, key)));
    }

    /// Looks for the proof of the domain in DNS.
    @POST
    @Path("/{provider}:proveDomain")
    @Needs(value = "iam.providers.update", in = Place.TENANT)
    public Answer<View> prove(@Context Grant grant, @PathParam("provider") String key) {
        var proved = providers.prove(grant, key);
        return Answer.ok(view(proved)).version(proved.version());
    }

    /// Vouches for the domain of anybody's provider.
    @POST
    @Path("/{provider}:approveDomain")
    @Needs(value = "iam.providers.update", in = Place.PLATFORM)
    public Answer<View> approve(@Context Grant grant, @PathParam("provider") String key) {
        var approved = providers.approve(grant, key);
        return Answer.ok(view(approved)).version(approved.version());
    }

    private @Nullable String join(Grant grant, @Nullable String organization) {
        return organization == null ? null : places.find(grant.call(), Place.ORGANIZATION,
                Map.of("organization", organization)).organization();
    }

    private View view(Provider it) {
        var at = it.endpoints();
        var isOidc = it.kind() == Provider.Kind.OIDC;
        return new View(it.id(), it.name(), PATH + it.id(), it.organizationId(),
                it.displayName(), it.kind(), it.tenantDomain(), DomainView.of(it),
                !isOidc ? null : new OidcView(
                        String.valueOf(at.discoveryUrl()), at.clientId(), at.scopes(),
                        at.mfaValues()),
                isOidc ? null : new OauthView(at.clientId(),
                        String.valueOf(at.authorizationUrl()), String.valueOf(at.tokenUrl()),
                        String.valueOf(at.userinfoUrl()), at.emailsUrl(), at.scopes()),
                it.signUp(), it.joinOrganizationId(), it.enabled(),
                List.of(reaching.callback(it), reaching.studioCallback(it)), it.createdBy(),
                it.version(), it.createdAt(), it.updatedAt());
    }
}
