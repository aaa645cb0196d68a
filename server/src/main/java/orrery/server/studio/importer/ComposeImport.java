package orrery.server.studio.importer;

import java.util.function.Supplier;
import orrery.kit.Problem;

/// Compose file → analysis: the one entry to this package.
public final class ComposeImport {
    private ComposeImport() {}

    /// Reads and converts a file.
    ///
    /// @param ids new ids for nodes and edges, such as random UUIDs
    /// @throws Problem.Failure of [Problem.Invalid] for a file that is broken; every mistake names
    ///     its key path as field, and its line
    public static Imported analyse(ComposeSource source, Supplier<String> ids) {
        return Conversion.convert(ComposeReader.read(source), source, ids);
    }
}
