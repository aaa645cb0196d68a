package orrery.server.compute.deploy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import org.jspecify.annotations.Nullable;
import orrery.server.tenancy.project.Labels;

/// A deploy that somebody asks for, or what one shall become.
///
/// @param name `null` for one of ours
/// @param stackId identifier or name of the stack
/// @param parameters of the stack; `null` for its defaults
/// @param replicas how many of what the stack makes
record NewDeploy(
        @Nullable String name,
        @Nullable String displayName,
        @Nullable String description,
        Map<String, String> labels,
        String stackId,
        ObjectNode parameters,
        int replicas) {
    private static final int MOST = 50;
    private static final int LONGEST_NAME = 60;

    NewDeploy {
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        parameters = parameters == null ? JsonNodeFactory.instance.objectNode() : parameters;
        var mistakes = Naming.check(new Mistakes(), name, displayName, description);
        Labels.check(mistakes, "labels", labels);
        mistakes.check("name", name, it -> it.length() <= LONGEST_NAME,
                        "must have at most " + LONGEST_NAME
                                + " characters: what is made is called after it")
                .unless(replicas >= 1 && replicas <= MOST, "replicas", "must be 1 to " + MOST)
                .orRefuse();
    }
}
