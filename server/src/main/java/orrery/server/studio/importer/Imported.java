package orrery.server.studio.importer;

import java.util.Map;

/// The outcome of an import: what may be shown, and what may not.
///
/// @param analysis goes to the caller; its secret nodes carry the names of their keys only
/// @param secrets  values by secret node and key. Whoever keeps them seals them, hands them to the
///     runs of the diagram that takes the nodes over, and forgets them when nobody does
public record Imported(Analysis analysis, Map<String, Map<String, String>> secrets) {
    /// Copies the map.
    public Imported {
        secrets = Map.copyOf(secrets);
    }

    /// Without values, so that they never reach a log.
    @Override
    public String toString() {
        return "Imported[%d nodes, secrets of %d nodes]"
                .formatted(analysis.suggestedNodes().size(), secrets.size());
    }
}
