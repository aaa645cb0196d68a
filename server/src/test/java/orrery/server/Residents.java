package orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The people of a server under test: its operator, who registered first, and those who came by
/// invite code. Test classes on one server share them.
public final class Residents {
    private static final Map<URI, Residents> ALL = new ConcurrentHashMap<>();

    private static final String PASSWORD = "correct horse battery";

    private final URI server;
    private final Map<String, String> tokens = new HashMap<>();
    private final String inviteCode;

    private Residents(URI server) {
        this.server = server;
        register("op", "setupCode", Visitor.of(server).get("/setup").text("/code"));
        inviteCode = operator().get("/v1/api/settings/invite-code").text("/inviteCode");
    }

    public static Residents of(URI server) {
        return ALL.computeIfAbsent(server, Residents::new);
    }

    /// Holds everything.
    public Visitor operator() {
        return Visitor.of(server).as(tokens.get("op"));
    }

    /// A member of the operator's organization, registered when asked for first.
    public synchronized Visitor member(String name) {
        if (!tokens.containsKey(name)) {
            register(name, "inviteCode", inviteCode);
        }
        return Visitor.of(server).as(tokens.get(name));
    }

    /// A member who signs in anew: where it lives now.
    public Visitor signedIn(String name) {
        var answer = Visitor.of(server).post("/v1/api/auth/login", Map.of(
                "email", name + "@example.com", "password", PASSWORD));
        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
        return Visitor.of(server).as(answer.text("/token"));
    }

    /// The identifier of who asks.
    public static String id(Visitor who) {
        return who.get("/v1/regions/global/auth/me").text("/data/user/id");
    }

    /// The identifier of the organization that both live in.
    public String organization() {
        return operator().get("/v1/regions/global/auth/me").text("/data/organization/id");
    }

    private void register(String name, String codeName, String code) {
        var answer = Visitor.of(server).post("/v1/api/auth/register", Map.of(
                "email", name + "@example.com", "password", PASSWORD,
                "name", name, codeName, code));
        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(201);
        tokens.put(name, answer.text("/token"));
    }
}
