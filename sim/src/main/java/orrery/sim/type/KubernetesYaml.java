package orrery.sim.type;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.constructor.core.ConstructYamlCoreInt;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// YAML as Kubernetes reads it: the core schema of 1.2 and, from 1.1, the other words for true and
/// false, octal numbers with a leading 0, and merge keys. Manifests step into these traps on a
/// real cluster, so they must here.
final class KubernetesYaml extends CoreSchema {
    private static final Pattern WORDS = Pattern.compile(
            "y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF");
    private static final Set<String> TRUE = Set.of("true", "y", "yes", "on");
    private static final Pattern OCTAL = Pattern.compile("[-+]?0[0-7]+");

    @Override
    public ScalarResolver getScalarResolver() {
        var resolver = new CoreScalarResolver(true);
        resolver.addImplicitResolver(Tag.BOOL, WORDS, "yYnNoO");
        return resolver;
    }

    @Override
    public Map<Tag, ConstructNode> getSchemaTagConstructors() {
        var constructors = new HashMap<>(super.getSchemaTagConstructors());
        constructors.put(Tag.BOOL, node -> TRUE.contains(
                ((ScalarNode) node).getValue().toLowerCase(Locale.ROOT)));
        constructors.put(Tag.INT, new ConstructYamlCoreInt() {
            @Override
            public Object createIntNumber(String text) {
                return OCTAL.matcher(text).matches() ? (Object) Long.parseLong(text, 8)
                        : super.createIntNumber(text);
            }
        });
        return constructors;
    }
}
