package orrery.server.auth.federation;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What somebody is sent to another provider for, and so what happens when they come back. It
/// travels sealed.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "for")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Purpose.Application.class, name = "application"),
    @JsonSubTypes.Type(value = Purpose.Device.class, name = "device"),
    @JsonSubTypes.Type(value = Purpose.Link.class, name = "link"),
    @JsonSubTypes.Type(value = Purpose.Studio.class, name = "studio")
})
public sealed interface Purpose {
    /// To go on to an application.
    ///
    /// @param parameters of its authorization request
    /// @param browser the cookie of the browser's sign-in pages
    record Application(Map<String, String> parameters, String browser) implements Purpose {
        public Application {
            parameters = Map.copyOf(parameters);
        }
    }

    /// To connect a device.
    ///
    /// @param userCode what it shows; `null` when it was not typed yet
    /// @param browser the cookie of the browser's sign-in pages
    record Device(@Nullable String userCode, String browser) implements Purpose {}

    /// To sign in that way too, from now on.
    ///
    /// @param session the person's own, in which they asked
    record Link(String session) implements Purpose {}

    /// To work in the studio.
    record Studio() implements Purpose {}
}
