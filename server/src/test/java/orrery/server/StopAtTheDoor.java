package orrery.server;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;

/// Ends a request that was let in before its handler sees it, if it asks for that: so that a test
/// learns who gets in without anything happening.
@Provider
@Priority(Priorities.USER + 1_000)
public class StopAtTheDoor implements ContainerRequestFilter {
    public static final String HEADER = "Test-Stop-At-The-Door";
    public static final int LET_IN = 299;

    @Override
    public void filter(ContainerRequestContext request) {
        if (request.getHeaderString(HEADER) != null) {
            request.abortWith(Response.status(LET_IN).build());
        }
    }
}
