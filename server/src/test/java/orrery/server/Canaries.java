package orrery.server;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import orrery.kit.access.Access;
import orrery.kit.config.Configuration;
import orrery.kit.db.Database;
import org.postgresql.PGConnection;

/// Secrets that a test plants, and the places where they must not be: as text, in hexadecimal, in
/// base64.
public final class Canaries {
    private static final int SHORTEST = 16;

    private final Map<String, String> secrets = new LinkedHashMap<>();

    /// @param name what the secret is, for the report
    public void plant(String name, String secret) {
        if (secret.length() < SHORTEST) {
            throw new AssertionError(name + " is too short to be told from other texts");
        }
        secrets.put(name, secret);
    }

    public String get(String name) {
        return secrets.get(name);
    }

    public int size() {
        return secrets.size();
    }

    /// The names of those that stand in a text.
    public List<String> in(String place, String text) {
        var found = new ArrayList<String>();
        secrets.forEach((name, secret) -> {
            if (forms(secret).anyMatch(text::contains)) {
                found.add(name + " in " + place);
            }
        });
        return found;
    }

    public List<String> in(Map<String, String> texts) {
        return texts.entrySet().stream()
                .flatMap(it -> in(it.getKey(), it.getValue()).stream()).toList();
    }

    private static Stream<String> forms(String secret) {
        var bytes = secret.getBytes(StandardCharsets.UTF_8);
        return Stream.of(secret, HexFormat.of().formatHex(bytes),
                Base64.getEncoder().withoutPadding().encodeToString(bytes));
    }

    /// The content of all tables, by name, as `pg_dump` writes it: by COPY. The program itself
    /// comes with no PostgreSQL that Maven has, and one of an older release refuses ours.
    public static Map<String, String> dump(Database database, Access access) {
        return database.read(access.system("test"), tx -> {
            var all = new LinkedHashMap<String, String>();
            for (var table : tx.handle().createQuery("""
                    select table_schema || '.' || table_name
                    from information_schema.tables
                    where table_schema not in ('pg_catalog', 'information_schema')
                      and table_type = 'BASE TABLE'""").mapTo(String.class).list()) {
                var text = new StringWriter();
                try {
                    tx.handle().getConnection().unwrap(PGConnection.class).getCopyAPI()
                            .copyOut("copy " + table + " to stdout", text);
                } catch (SQLException | IOException e) {
                    throw new AssertionError(table, e);
                }
                all.put(table, text.toString());
            }
            return all;
        });
    }

    /// Reads what the embedded database's own files hold, one after the other, by name: tables,
    /// indexes, what was deleted and is not yet overwritten, and the log of all changes. Whoever
    /// steals the disk has it.
    public static void eachFile(Configuration settings, BiConsumer<String, String> reader) {
        var folder = settings.get(Storing.class).data().resolve("postgres/data");
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                    try {
                        reader.accept(folder.relativize(path).toString(),
                                Files.readString(path, StandardCharsets.ISO_8859_1));
                    } catch (IOException removed) {
                        return visitFileFailed(path, removed);
                    }
                    return FileVisitResult.CONTINUE;
                }

                /// The database is at work meanwhile, and removes what it needs no more.
                @Override
                public FileVisitResult visitFileFailed(Path path, IOException removed) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path path, IOException removed) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
