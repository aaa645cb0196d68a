package orrery.kit.http;

import java.util.Map;
import orrery.kit.access.Call;
import org.jspecify.annotations.Nullable;

/// Proves who calls.
public interface Authenticator {
    /// What a request showed, of the kinds that its surface takes.
    ///
    /// @param bearer the token of an `Authorization: Bearer` header, or of the `token` parameter
    /// @param cookies by name; empty when there is an `Authorization` header
    record Credentials(@Nullable String bearer, Map<String, String> cookies) {
        public Credentials {
            cookies = Map.copyOf(cookies);
        }
    }

    /// The call as the proven principal ([Call#as]); unchanged when no credential was shown.
    ///
    /// @param call nobody's, so far
    /// @throws orrery.kit.Problem.Failure [orrery.kit.Problem.Unauthenticated] when a credential
    ///     was shown that does not count
    Call authenticate(Call call, Credentials credentials);
}
