package orrery.server.auth.factor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.yubico.webauthn.AssertionRequest;
import com.yubico.webauthn.FinishAssertionOptions;
import com.yubico.webauthn.FinishRegistrationOptions;
import com.yubico.webauthn.RelyingParty;
import com.yubico.webauthn.StartAssertionOptions;
import com.yubico.webauthn.StartRegistrationOptions;
import com.yubico.webauthn.data.AuthenticatorSelectionCriteria;
import com.yubico.webauthn.data.PublicKeyCredential;
import com.yubico.webauthn.data.PublicKeyCredentialCreationOptions;
import com.yubico.webauthn.data.RelyingPartyIdentity;
import com.yubico.webauthn.data.ResidentKeyRequirement;
import com.yubico.webauthn.data.UserIdentity;
import com.yubico.webauthn.data.UserVerificationRequirement;
import com.yubico.webauthn.exception.AssertionFailedException;
import com.yubico.webauthn.exception.RegistrationFailedException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.secret.Sealing;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.user.User;

/// Passkeys (Web Authentication Level 2): a key pair that the person's device holds for this server
/// alone, and uses when it is unlocked. The device and what unlocks it are two factors.
///
/// Challenges are sealed and travel with the request, so that a stranger's cost us nothing; an
/// answer counts once.
@Singleton
public final class Passkeys {
    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final String PLACE = "challenge of a passkey";
    private static final int LONGEST = 64 << 10;
    private static final int MOST = 20;

    private final PasskeyTable table = new PasskeyTable();
    private final Sealing sealing;
    private final Optional<URI> home;
    private final Ids ids;
    private final Clock clock;

    public Passkeys(Sealing sealing, AccessTokens tokens, Ids ids, Clock clock) {
        this.sealing = sealing;
        this.home = home(tokens.issuer());
        this.ids = ids;
        this.clock = clock;
    }

    /// What a browser is asked, and what brings the challenge back.
    ///
    /// @param origin where the browser must be: no page of another one is answered
    /// @param options of `navigator.credentials.create` or `get`, as JSON
    public record Asked(String challenge, String origin, ObjectNode options) {}

    private record Sealed(String kind, String user, String options, long at) {}

    private RelyingParty party(Tx tx) {
        var at = home();
        return RelyingParty.builder()
                .identity(RelyingPartyIdentity.builder()
                        .id(at.getHost()).name("Orrery").build())
                .credentialRepository(new KnownPasskeys(tx))
                .origins(Set.of(at.toString()))
                .build();
    }

    private URI home() {
        return home.orElseThrow(() -> new Problem.Refused("use of passkeys",
                "browsers know them for names only, and this server is known by an address: set"
                        + " ORRERY_PUBLIC_URL to one with a name").raise());
    }

    /// Where browsers use passkeys of ours: at our address, and at `localhost` where that is one of
    /// this machine, since passkeys belong to names (Web Authentication 5.1.3, "effective domain").
    /// Empty for an address without a name.
    public Optional<String> origin() {
        return home.map(URI::toString);
    }

    static Optional<URI> home(String issuer) {
        var at = URI.create(issuer);
        var host = String.valueOf(at.getHost());
        var port = at.getPort() < 0 ? "" : ":" + at.getPort();
        if (host.equals("[::1]") || host.matches("127(\\.[0-9]+){3}")) {
            return Optional.of(URI.create(at.getScheme() + "://localhost" + port));
        }
        return host.startsWith("[") || host.matches("[0-9.]+") ? Optional.empty()
                : Optional.of(URI.create(at.getScheme() + "://" + host + port));
    }

    List<Factor> of(Tx tx, String user) {
        return table.of(tx, user).stream().map(PasskeyTable.Row::factor).toList();
    }

    void delete(Tx tx, String id) {
        table.delete(tx, id);
    }

    /// Begins to add one.
    Asked begin(Tx tx, User user) {
        var options = party(tx).startRegistration(StartRegistrationOptions.builder()
                .user(UserIdentity.builder().name(user.email()).displayName(user.name())
                        .id(KnownPasskeys.handle(user.id())).build())
                .authenticatorSelection(AuthenticatorSelectionCriteria.builder()
                        .residentKey(ResidentKeyRequirement.REQUIRED)
                        .userVerification(UserVerificationRequirement.REQUIRED).build())
                .timeout(LIFE.toMillis()).build());
        try {
            return asked("create", user.id(), options.toJson(),
                    options.toCredentialsCreateJson());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Takes one that answers the challenge; empty when it does not.
    Optional<Factor> add(Tx tx, User user, String challenge, String name, ObjectNode credential) {
        var sealed = open("create", challenge).filter(it -> it.user().equals(user.id()));
        if (sealed.isEmpty() || table.of(tx, user.id()).size() >= MOST) {
            return Optional.empty();
        }
        try {
            var result = party(tx).finishRegistration(FinishRegistrationOptions.builder()
                    .request(PublicKeyCredentialCreationOptions.fromJson(sealed.get().options()))
                    .response(PublicKeyCredential.parseRegistrationResponseJson(text(credential)))
                    .build());
            var row = new PasskeyTable.Row(ids.next("fct"), user.id(), name,
                    result.getKeyId().getId().getBytes(), result.getPublicKeyCose().getBytes(),
                    result.getSignatureCount(), clock.instant(), null);
            return result.isUserVerified() && table.insert(tx, row)
                    ? Optional.of(row.factor()) : Optional.empty();
        } catch (IOException | RegistrationFailedException | IllegalArgumentException wrong) {
            return Optional.empty();
        }
    }

    /// Asks for any passkey of this server: who answers says who they are.
    public Asked ask(Tx tx) {
        var request = party(tx).startAssertion(StartAssertionOptions.builder()
                .userVerification(UserVerificationRequirement.REQUIRED)
                .timeout(LIFE.toMillis()).build());
        try {
            return asked("get", "", request.toJson(), request.toCredentialsGetJson());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Who answers; empty when nobody of ours does.
    public Optional<String> answer(Tx tx, String challenge, ObjectNode credential) {
        var sealed = open("get", challenge);
        if (sealed.isEmpty()) {
            return Optional.empty();
        }
        try {
            var result = party(tx).finishAssertion(FinishAssertionOptions.builder()
                    .request(AssertionRequest.fromJson(sealed.get().options()))
                    .response(PublicKeyCredential.parseAssertionResponseJson(text(credential)))
                    .build());
            var now = clock.instant();
            if (!result.isSuccess() || !result.isUserVerified()
                    || !table.answer(tx, RandomSecrets.hash(challenge), now, now.plus(LIFE))) {
                return Optional.empty();
            }
            var row = table.byCredential(
                    tx, result.getCredential().getCredentialId().getBytes()).orElseThrow();
            table.used(tx, row.id(), result.getSignatureCount(), now);
            return Optional.of(row.userId());
        } catch (IOException | AssertionFailedException | IllegalArgumentException wrong) {
            return Optional.empty();
        }
    }

    private Asked asked(String kind, String user, String options, String forBrowser) {
        var sealed = sealing.seal(Json.write(new Sealed(
                kind, user, options, clock.instant().getEpochSecond())), PLACE);
        return new Asked(Base64.getUrlEncoder().withoutPadding().encodeToString(sealed),
                home().toString(), (ObjectNode) Json.tree(forBrowser));
    }

    private Optional<Sealed> open(String kind, String challenge) {
        if (challenge.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            var sealed = Json.read(sealing.open(
                    Base64.getUrlDecoder().decode(challenge), PLACE), Sealed.class);
            return sealed.kind().equals(kind) && sealed.at() + LIFE.toSeconds()
                    >= clock.instant().getEpochSecond() ? Optional.of(sealed) : Optional.empty();
        } catch (IllegalStateException | IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    private static String text(ObjectNode credential) {
        return Json.write(credential);
    }
}
