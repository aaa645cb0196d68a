package orrery.server.studio.diagram;

import orrery.kit.Problem;

/// One thing wrong with a diagram.
///
/// @param node  id of the node, or of the edge
/// @param field path within the node's data, such as `ports[0].port`; empty for the whole node
/// @param message cause and remedy, without node and field
public record DiagramMistake(String node, String field, String message) {
    /// As a mistake of a request's body: `nodes[ID].ports[0].port`.
    public Problem.Mistake toProblem() {
        return new Problem.Mistake(
                "nodes[" + node + "]" + (field.isEmpty() ? "" : "." + field), message);
    }
}
