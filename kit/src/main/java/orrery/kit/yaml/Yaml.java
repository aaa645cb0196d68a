package orrery.kit.yaml;

import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads YAML 1.2 from strangers. Events are taken one by one and counted, so a bomb, an endless
/// nest or a wall of aliases is refused before it costs memory. Duplicate keys, unknown aliases
/// and aliases to themselves are refused; merge keys (`<<`) are worked in as YAML 1.1 tells.
public final class Yaml {
    private Yaml() {}

    /// The one document of `text`; an empty text gives a null scalar.
    ///
    /// @throws YamlRefusal with line and column, also where there is more than one document
    public static YamlNode read(String text, YamlLimits limits) {
        List<YamlNode> documents = readAll(text, limits);
        if (documents.isEmpty()) {
            return new YamlNode.Scalar("", true, "", 1, 1);
        }
        if (documents.size() > 1) {
            YamlNode second = documents.get(1);
            throw new YamlRefusal(second.line(), second.column(),
                    "the file holds more than one document; keep the part before '---' only");
        }
        return documents.getFirst();
    }

    /// Every document of `text`, in order; the limits hold for all of them together.
    ///
    /// @throws YamlRefusal with line and column
    public static List<YamlNode> readAll(String text, YamlLimits limits) {
        if (text.length() > limits.chars()) {
            throw new YamlRefusal(1, 1, "the text has %d characters, at most %d are read"
                    .formatted(text.length(), limits.chars()));
        }
        String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
        LoadSettings settings = LoadSettings.builder().setCodePointLimit(limits.chars()).build();
        TreeBuilder tree = new TreeBuilder(limits);
        try {
            new Parse(settings).parseString(body).forEach(tree::take);
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> at = e.getProblemMark().or(e::getContextMark);
            throw new YamlRefusal(at.map(Mark::getLine).orElse(0) + 1,
                    at.map(Mark::getColumn).orElse(0) + 1, sentence(e));
        } catch (ReaderException e) {
            int before = body.offsetByCodePoints(0,
                    Math.min(e.getPosition(), body.codePointCount(0, body.length())));
            String read = body.substring(0, before);
            throw new YamlRefusal((int) read.chars().filter(c -> c == '\n').count() + 1,
                    before - read.lastIndexOf('\n'),
                    "the character U+%04X is not allowed in YAML".formatted(e.getCodePoint()));
        } catch (YamlEngineException e) {
            throw new YamlRefusal(1, 1, String.valueOf(e.getMessage()));
        }
        return tree.documents();
    }

    private static String sentence(MarkedYamlEngineException e) {
        String problem = String.valueOf(e.getProblem()).strip();
        String context = e.getContext() == null ? "" : e.getContext().strip() + ": ";
        return context + problem;
    }
}
