package orrery.kit.secret;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;

/// A text that must not be seen: a password, a token, a kubeconfig. It prints as `***`, and no
/// JSON writer takes it except the ones that seal it.
@JsonSerialize(using = SecretJson.Writer.class)
@JsonDeserialize(using = SecretJson.Reader.class)
public final class Secret {
    private final String text;

    private Secret(String text) {
        this.text = Objects.requireNonNull(text, "text");
    }

    public static Secret of(String text) {
        return new Secret(text);
    }

    /// The text itself. Call it where it is used, not before.
    public String reveal() {
        return text;
    }

    /// Takes the same time wherever the difference lies.
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(
                text.getBytes(StandardCharsets.UTF_8),
                secret.text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return 0;
    }

    @Override
    public String toString() {
        return "***";
    }
}
