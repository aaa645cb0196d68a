package orrery.kit.kube;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Names for what has an identifier of ours in a world of lower-case letters and digits (RFC 1123
/// labels, as Kubernetes has them).
public final class ObjectName {
    private static final int LENGTH = 24;

    private ObjectName() {}

    /// As below, of an identifier that says itself what it names: `cls_…`.
    public static String of(String id) {
        return of(id.substring(0, id.indexOf('_')), id);
    }

    /// `cls-` and 24 letters and digits, of which any two identifiers share none in practice (124
    /// bits): short enough for what operators append.
    ///
    /// @param prefix what kind of thing it names, such as `cls`
    public static String of(String prefix, String id) {
        try {
            var hash = MessageDigest.getInstance("SHA-256")
                    .digest(id.getBytes(StandardCharsets.UTF_8));
            var text = new BigInteger(1, hash).toString(36);
            return prefix + "-" + text.substring(text.length() - LENGTH);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
