package orrery.server.workspace.person;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.util.List;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.TokenScope;
import orrery.server.iam.user.SshKey;
import orrery.server.iam.user.SshKeys;
import orrery.server.surface.Workspace;

/// The public keys of a person's SSH clients.
@Path("/api/v1/users/{username}/keys")
@RunOnVirtualThread
@On(Workspace.class)
public class PersonKeysApi {
    private static final String DIGEST = "digest";

    private final Persons persons;
    private final PersonChanges changes;

    /// @param keys lines as `ssh-keygen` writes them into a `.pub` file
    record New(List<String> keys) {
        private static final int MOST = 50;

        New {
            new Mistakes().check("keys", keys, it -> !it.isEmpty() && it.size() <= MOST
                            && it.stream().allMatch(line -> line != null),
                    "must be 1 to " + MOST + " lines").orRefuse();
        }
    }

    public PersonKeysApi(Persons persons, PersonChanges changes) {
        this.persons = persons;
        this.changes = changes;
    }

    /// The keys in the order in which they were added; their fingerprints with `format=digest`.
    @GET
    @Own
    @TokenScope("user:read:keys")
    public Answer<List<String>> list(
            @Context Grant grant, @PathParam("username") @Nullable String username,
            @QueryParam("format") @Nullable String format) {
        new Mistakes().unless(format == null || format.equals(DIGEST), "format",
                "must be " + DIGEST + " or left out").orRefuse();
        return Answer.ok(SshKeys.of(persons.get(grant, username).resident()).stream()
                .map(format == null ? SshKey::line : SshKey::fingerprint).toList());
    }

    /// Adds keys, and answers with all.
    @POST
    @Own
    @TokenScope("user:write:keys")
    public Answer<List<String>> add(
            @Context Grant grant, @PathParam("username") @Nullable String username, New asked) {
        return Answer.ok(changes.addKeys(grant, username, asked.keys()).stream()
                .map(SshKey::line).toList());
    }

    /// @param index in the list, from 0
    @DELETE
    @Path("/{index}")
    @Own
    @TokenScope("user:write:keys")
    public Answer<Void> remove(
            @Context Grant grant, @PathParam("username") @Nullable String username,
            @PathParam("index") int index) {
        changes.removeKey(grant, username, index);
        return Answer.none();
    }
}
