package orrery.server.infrastructure.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import orrery.kit.Problem;

/// Comma-separated values (RFC 4180) as objects. The first line names the fields, those of inner
/// objects with dots: `name,bmcAddress,bmc.username,bmc.password,tags.rack`. An empty cell says
/// nothing.
final class Csv {
    static final String TYPE = "text/csv";

    private static final int MOST_ROWS = 10_000;
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,9}");
    /// Fields whose values are no texts.
    private static final String TRUTH = "bmc.verifyCa";
    private static final String COUNT = "gpu.count";

    private final String text;
    private final List<List<String>> rows = new ArrayList<>();
    private int at;

    private Csv(String text) {
        this.text = text;
        this.at = text.startsWith("\ufeff") ? 1 : 0;
    }

    /// @throws Problem.Failure [Problem.Malformed] naming the line
    static List<JsonNode> objects(String text) {
        var rows = new Csv(text).rows();
        if (rows.isEmpty()) {
            throw bad(1, "the first line must name the fields");
        }
        var names = rows.getFirst().stream().map(String::strip).toList();
        if (new HashSet<>(names).size() < names.size()) {
            throw bad(1, "a field is named twice");
        }
        var objects = new ArrayList<JsonNode>();
        for (int i = 1; i < rows.size(); i++) {
            if (rows.get(i).size() != names.size()) {
                throw bad(i + 1, "it has " + rows.get(i).size() + " cells and not "
                        + names.size());
            }
            objects.add(object(names, rows.get(i)));
        }
        return objects;
    }

    private static ObjectNode object(List<String> names, List<String> cells) {
        var object = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < names.size(); i++) {
            if (!cells.get(i).isEmpty()) {
                put(object, names.get(i), cells.get(i));
            }
        }
        return object;
    }

    private static void put(ObjectNode object, String name, String cell) {
        int dot = name.indexOf('.');
        var place = dot < 0 ? object : object.withObjectProperty(name.substring(0, dot));
        var field = name.substring(dot + 1);
        if (name.equals(TRUTH) && (cell.equals("true") || cell.equals("false"))) {
            place.put(field, cell.equals("true"));
        } else if (name.equals(COUNT) && NUMBER.matcher(cell).matches()) {
            place.put(field, Integer.parseInt(cell));
        } else {
            place.put(field, cell);
        }
    }

    private List<List<String>> rows() {
        while (at < text.length()) {
            var row = row();
            // An empty line says nothing.
            if (row.size() > 1 || !row.getFirst().isEmpty()) {
                rows.add(row);
            }
            if (rows.size() > MOST_ROWS) {
                throw bad(MOST_ROWS, "there are too many lines");
            }
        }
        return rows;
    }

    private List<String> row() {
        var cells = new ArrayList<String>();
        while (true) {
            cells.add(at < text.length() && text.charAt(at) == '"' ? quoted() : plain());
            if (at >= text.length()) {
                return cells;
            }
            char end = text.charAt(at++);
            if (end == '\r' && at < text.length() && text.charAt(at) == '\n') {
                at++;
            }
            if (end != ',') {
                return cells;
            }
        }
    }

    private String plain() {
        int start = at;
        while (at < text.length() && !isEnd(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    private String quoted() {
        var cell = new StringBuilder();
        for (at++; at < text.length(); at++) {
            if (text.charAt(at) != '"') {
                cell.append(text.charAt(at));
            } else if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
                cell.append('"');
                at++;
            } else {
                at++;
                if (at < text.length() && !isEnd(text.charAt(at))) {
                    throw bad(rows.size() + 1, "a quote is closed within a cell");
                }
                return cell.toString();
            }
        }
        throw bad(rows.size() + 1, "a quote is not closed");
    }

    private static boolean isEnd(char c) {
        return c == ',' || c == '\n' || c == '\r';
    }

    private static Problem.Failure bad(int row, String cause) {
        return new Problem.Malformed("body", "row " + row + ": " + cause).raise();
    }
}
