package orrery.kit.db;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.lang.reflect.Type;
import java.sql.Types;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.argument.QualifiedArgumentFactory;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.mapper.ColumnMapper;
import org.jdbi.v3.core.mapper.QualifiedColumnMapperFactory;
import org.jdbi.v3.core.qualifier.QualifiedType;
import org.jdbi.v3.core.spi.JdbiPlugin;
import org.postgresql.util.PGobject;

/// Teaches Jdbi `jsonb`: [Jsonb] components, [JsonNode] trees and what [Json#of] makes.
final class JsonColumns extends JdbiPlugin.Singleton {
    private static final int LONGEST = 1 << 10;

    /// See [Jsonb#kept].
    private static final Cache<Read, Object> KEPT = Caffeine.newBuilder()
            .weigher((Read read, Object value) -> read.text().length())
            .maximumWeight(2 << 20)
            .build();

    private record Read(String text, Type type) {}

    @Override
    public void customizeJdbi(Jdbi jdbi) {
        jdbi.registerArgument((QualifiedArgumentFactory) JsonColumns::argument);
        jdbi.registerColumnMapper((QualifiedColumnMapperFactory) JsonColumns::mapper);
        jdbi.registerColumnMapper(JsonNode.class, (rows, column, context) -> {
            var text = rows.getString(column);
            return text == null ? null : Json.tree(text);
        });
        jdbi.registerArgument(new AbstractArgumentFactory<PGobject>(Types.OTHER) {
            @Override
            protected Argument build(PGobject value, ConfigRegistry config) {
                return (position, statement, context) -> statement.setObject(position, value);
            }
        });
        jdbi.registerArgument(new AbstractArgumentFactory<JsonNode>(Types.OTHER) {
            @Override
            protected Argument build(JsonNode value, ConfigRegistry config) {
                return (position, statement, context) ->
                        statement.setObject(position, Json.of(value));
            }
        });
    }

    private static Optional<Argument> argument(
            QualifiedType<?> type, Object value, ConfigRegistry config) {
        return type.hasQualifier(Jsonb.class)
                ? Optional.of((position, statement, context) ->
                        statement.setObject(position, Json.of(value)))
                : Optional.empty();
    }

    private static Optional<ColumnMapper<?>> mapper(QualifiedType<?> type, ConfigRegistry config) {
        if (!type.hasQualifier(Jsonb.class)) {
            return Optional.empty();
        }
        Type java = type.getType();
        boolean isKept = type.getQualifiers().stream()
                .anyMatch(it -> it instanceof Jsonb about && about.kept());
        return Optional.of((rows, column, context) -> {
            var text = rows.getString(column);
            return text == null ? null : isKept ? kept(text, java) : Json.readAs(text, java);
        });
    }

    private static Object kept(String text, Type type) {
        return text.length() > LONGEST ? Json.readAs(text, type)
                : KEPT.get(new Read(text, type), it -> Json.readAs(it.text(), it.type()));
    }
}
