package orrery.server.studio.diagram;

import java.util.List;
import orrery.kit.Problem;

/// What a diagram comes to: its objects in the order of creation, and everything that is wrong.
///
/// @param order     the nodes in the order of creation
/// @param manifests the objects in that order; those of faulty nodes are left out
/// @param mistakes  what forbids a run
/// @param unfilled  secret nodes for which no values were given: the cluster must have them already
public record Draft(List<Node> order, List<Manifest> manifests, List<DiagramMistake> mistakes,
        List<Node> unfilled) {
    /// Copies the lists; what was noted twice is said once.
    public Draft {
        order = List.copyOf(order);
        manifests = List.copyOf(manifests);
        mistakes = mistakes.stream().distinct().toList();
        unfilled = List.copyOf(unfilled);
    }

    /// This draft, if nothing is wrong with it; else [Problem.Invalid] with everything that is.
    public Draft orRefuse() {
        if (!mistakes.isEmpty()) {
            throw new Problem.Invalid(mistakes.stream().limit(100)
                    .map(DiagramMistake::toProblem).toList()).raise();
        }
        return this;
    }

    /// The objects of one node.
    public List<Manifest> of(Node node) {
        return manifests.stream().filter(m -> m.node().equals(node.id())).toList();
    }
}
