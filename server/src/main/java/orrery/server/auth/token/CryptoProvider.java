package orrery.server.auth.token;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.Provider;
import java.security.Security;
import org.jboss.logging.Logger;

/// Whose code signs and verifies: Amazon Corretto's where its native library loads (8 times as many
/// ES256 signatures in a CPU second), else the JDK's.
final class CryptoProvider {
    /// For ES256.
    static final Provider FASTEST = choose("SunEC");

    /// For RS256.
    static final Provider RSA = choose("SunRsaSign");

    private CryptoProvider() {}

    private static Provider choose(String other) {
        var corretto = AmazonCorrettoCryptoProvider.INSTANCE;
        var obstacle = corretto.getLoadingError();
        if (obstacle == null) {
            return corretto;
        }
        Logger.getLogger(CryptoProvider.class).infof(
                "signing tokens with the JDK's own code, since the faster one does not load: %s",
                obstacle.getMessage());
        return Security.getProvider(other);
    }
}
