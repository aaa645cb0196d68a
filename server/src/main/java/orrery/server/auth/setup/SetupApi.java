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
                isLoopback(exchange.address()) ? code.orElse(null) : null))
                .header("Cache-Control", "no-store");
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
