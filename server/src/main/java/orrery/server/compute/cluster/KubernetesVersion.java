package orrery.server.compute.cluster;

import java.util.Comparator;
import java.util.regex.Pattern;

/// A Kubernetes version, with or without the `v` and a distribution's suffix: `v1.34.1+k0s.0`.
///
/// @param patch -1 when not said; it then comes before every patch
record KubernetesVersion(int major, int minor, int patch)
        implements Comparable<KubernetesVersion> {
    private static final Pattern SHAPE =
            Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?(?:[-+].*)?");
    private static final Comparator<KubernetesVersion> ORDER = Comparator
            .comparingInt(KubernetesVersion::major)
            .thenComparingInt(KubernetesVersion::minor)
            .thenComparingInt(KubernetesVersion::patch);
    private static final KubernetesVersion NONE = new KubernetesVersion(-1, -1, -1);

    static boolean isOne(String text) {
        return SHAPE.matcher(text).matches();
    }

    /// The version, or one before all others when `text` is none.
    static KubernetesVersion of(String text) {
        var match = SHAPE.matcher(text);
        if (!match.matches()) {
            return NONE;
        }
        return new KubernetesVersion(Integer.parseInt(match.group(1)),
                Integer.parseInt(match.group(2)),
                match.group(3) == null ? -1 : Integer.parseInt(match.group(3)));
    }

    @Override
    public int compareTo(KubernetesVersion other) {
        return ORDER.compare(this, other);
    }
}
