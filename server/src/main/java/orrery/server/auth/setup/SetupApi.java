package orrery.server.auth.setup;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.net.InetAddress;
import java.net.UnknownHostException;
import orrery.kit.http.Answer;
import orrery.kit.http.Exchange;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.surface.Plain;
import org.jspecify.annotations.Nullable;

/// Tells the start page whether this server waits for its first account. Who sits at the machine
/// itself gets the code filled in.
@Path("/setup")
@RunOnVirtualThread
@On(Plain.class)
public final class SetupApi {
    private final SetupCode setup;

    /// @param code to register with; `null` when it must be looked up in the terminal or file
    record View(String state, @Nullable String code) {}

    public SetupApi(SetupCode setup) {
        this.setup = setup;
    }

    @GET
    @Open
    public Answer<View> get(@Context Exchange exchange) {
        var code = setup.current();
        return Answer.ok(new View(code.isPresent() ? "waiting" : "done",
                isHere(exchange.address()) ? code.orElse(null) : null))
                .header("Cache-Control", "no-store");
    }

    /// Whether a browser at this machine comes from there. Other loopback addresses are no proof of
    /// that: the pods of a simulated region come from some ([orrery.kit.http.Hosts]).
    static boolean isHere(String address) {
        try {
            var found = InetAddress.getByName(address);
            return found.equals(InetAddress.getByName("127.0.0.1"))
                    || found.equals(InetAddress.getByName("::1"));
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
