package orrery.server.compute.cluster;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;
import org.jspecify.annotations.Nullable;

/// What a cluster shall be like beside its nodes.
///
/// @param config values of its template; ours come on top
/// @param credential to make it with; `null` for the project's own
/// @param ipFamily `null` for the template's own
public record Setup(
        ObjectNode config,
        @Nullable String credential,
        @Nullable IpFamily ipFamily,
        List<Service> services) {
    static final Setup PLAIN =
            new Setup(JsonNodeFactory.instance.objectNode(), null, null, List.of());

    private static final int LONGEST = 1 << 16;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?");

    /// Values that say what other fields say, or whose cloud account is used.
    private static final List<String> OURS = List.of(
            "workersNumber", "controlPlaneNumber", "clusterLabels", "clusterIdentity");

    public Setup {
        config = config.deepCopy();
        services = List.copyOf(services);
    }

    /// A copy: trees can be changed.
    @Override
    public ObjectNode config() {
        return config.deepCopy();
    }

    void check(Mistakes mistakes) {
        mistakes.unless(config.toString().length() <= LONGEST, "config",
                        "must have at most " + LONGEST + " characters")
                .check("credential", credential, it -> NAME.matcher(it).matches(),
                        "must be the name of a credential")
                .unless(ipFamily == null || !config.has(IpFamily.KEY), "ipFamily",
                        "says what config." + IpFamily.KEY + " says; leave one of them out");
        OURS.forEach(key -> mistakes.unless(!config.has(key), "config." + key,
                "is set by us: say nodePools, labels or credential"));
        Service.check(mistakes, "services", services);
    }

    /// With other values and services.
    Setup with(ObjectNode values, List<Service> others) {
        return new Setup(values, credential, ipFamily, others);
    }

    /// The values that a template is given, without those for nodes.
    ObjectNode values() {
        var values = config();
        if (ipFamily != null) {
            values.set(IpFamily.KEY, ipFamily.network());
        }
        return values;
    }
}
