package orrery.kit.db;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.cache.ConnectionCache;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.exceptionsorter.PostgreSQLExceptionSorter;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.sql.SQLException;
import java.time.Duration;
import org.postgresql.Driver;

/// Makes connection pools, the same inside the server, in tests and in measurements.
final class Pool {
    private static final Duration IDLE = Duration.ofMinutes(5);
    private static final Duration LIFETIME = Duration.ofMinutes(30);
    private static final Duration VALIDATE_AFTER = Duration.ofSeconds(30);

    private Pool() {}

    static AgroalDataSource writers(Address address, Limits limits) throws SQLException {
        return open(address, limits, limits.writers(), false);
    }

    /// Refuses writes by a session setting, so that a read costs one round trip and no transaction.
    static AgroalDataSource readers(Address address, Limits limits) throws SQLException {
        return open(address, limits, limits.readers(), true);
    }

    private static AgroalDataSource open(
            Address address, Limits limits, int size, boolean readOnly) throws SQLException {
        // The socket may be silent for as long as a statement may run, and a little more.
        var socket = Long.toString(limits.statement().plusSeconds(10).toSeconds());
        var configuration = new AgroalDataSourceConfigurationSupplier()
                .metricsEnabled(false)
                .connectionPoolConfiguration(pool -> pool
                        .initialSize(0)
                        .minSize(1)
                        .maxSize(size)
                        .acquisitionTimeout(limits.acquire())
                        .reapTimeout(IDLE)
                        .maxLifetime(LIFETIME)
                        .idleValidationTimeout(VALIDATE_AFTER)
                        .connectionValidator(
                                ConnectionValidator.defaultValidatorWithTimeout(5))
                        .exceptionSorter(new PostgreSQLExceptionSorter())
                        // Its cache is per thread; ours are virtual and used once.
                        .connectionCache(ConnectionCache.none())
                        .connectionFactoryConfiguration(factory -> factory
                                .connectionProviderClass(Driver.class)
                                .jdbcUrl(address.url())
                                .principal(new NamePrincipal(address.user()))
                                .credential(new SimplePassword(address.password()))
                                .loginTimeout(Duration.ofSeconds(10))
                                .jdbcProperty("connectTimeout", "5")
                                .jdbcProperty("socketTimeout", socket)
                                .jdbcProperty("tcpKeepAlive", "true")
                                .jdbcProperty("ApplicationName", "orrery")
                                .jdbcProperty("assumeMinServerVersion", "14")
                                .jdbcProperty("reWriteBatchedInserts", "true")
                                .jdbcProperty("options", limits.options(readOnly))));
        return AgroalDataSource.from(configuration);
    }
}
