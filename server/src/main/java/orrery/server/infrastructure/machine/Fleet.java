package orrery.server.infrastructure.machine;

import jakarta.inject.Singleton;
import java.util.List;
import orrery.kit.db.Tx;
import org.jspecify.annotations.Nullable;

/// All servers of the installation, counted when somebody asks.
@Singleton
public final class Fleet {
    private final FleetTable table = new FleetTable();

    /// How many servers there are of each size, in zones that have some.
    ///
    /// @param region code; `null` for all
    public List<Stock> ofSizes(Tx tx, @Nullable String region, List<Size> sizes) {
        return table.ofSizes(tx, region, sizes);
    }

    /// How many accelerators there are by model, in lower case, in zones that have some.
    ///
    /// @param region code; `null` for all
    public List<Stock> accelerators(Tx tx, @Nullable String region) {
        return table.accelerators(tx, region);
    }
}
