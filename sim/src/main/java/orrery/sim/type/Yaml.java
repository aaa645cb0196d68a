package orrery.sim.type;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// YAML read as JSON, as Kubernetes does it, with limits on size, depth and aliases.
public final class Yaml {
    private static final int MAX_ALIASES = 50;
    private static final int MAX_CODE_POINTS = 3 << 20;
    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setMaxAliasesForCollections(MAX_ALIASES)
            .setCodePointLimit(MAX_CODE_POINTS)
            .setAllowDuplicateKeys(false)
            .setAllowRecursiveKeys(false)
            .setSchema(new KubernetesYaml())
            .build();

    private Yaml() {}

    /// Reads one document; JSON is YAML too.
    ///
    /// @throws Refusal 400 when it is not YAML, nests too deep, or swells by aliases
    public static JsonNode read(byte[] yaml) {
        List<JsonNode> all = readAll(yaml);
        if (all.size() != 1) {
            throw Refusal.badRequest("the body has %d YAML documents; send one"
                    .formatted(all.size()));
        }
        return all.getFirst();
    }

    /// Reads all documents of a stream.
    public static List<JsonNode> readAll(byte[] yaml) {
        List<JsonNode> all = new ArrayList<>();
        try {
            String text = StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(yaml)).toString();
            for (Object one : new Load(SETTINGS).loadAllFromString(text)) {
                // Aliases are shared references here, and copies once written out: the
                // bound on the bytes is what stops a few lines from becoming gigabytes.
                Bounded out = new Bounded();
                Json.mapper().writeValue(out, one);
                all.add(Json.read(out.toByteArray()));
            }
            return all;
        } catch (YamlEngineException e) {
            throw Refusal.badRequest("the body is not valid YAML: "
                    + e.getMessage().lines().findFirst().orElse("unreadable"));
        } catch (CharacterCodingException e) {
            throw Refusal.badRequest("the body is not valid YAML: it is not UTF-8");
        } catch (IOException | StackOverflowError e) {
            throw Refusal.badRequest("the YAML nests deeper than %d levels, has keys that JSON"
                    .formatted(Json.MAX_DEPTH) + " cannot have, or swells by aliases");
        }
    }

    private static final class Bounded extends ByteArrayOutputStream {
        @Override
        public synchronized void write(byte[] bytes, int from, int length) {
            if (size() + length > MAX_CODE_POINTS) {
                throw Refusal.badRequest("the YAML swells by aliases beyond 3 MiB");
            }
            super.write(bytes, from, length);
        }
    }
}
