package orrery.kit.yaml;

/// A text that is no acceptable YAML, and where. The message says cause and remedy, without the
/// place. Lines and columns count from 1.
public final class YamlRefusal extends RuntimeException {
    private final int line;
    private final int column;

    YamlRefusal(int line, int column, String message) {
        super(message, null, false, false);
        this.line = line;
        this.column = column;
    }

    /// Line of the mistake, from 1.
    public int line() {
        return line;
    }

    /// Column of the mistake, from 1.
    public int column() {
        return column;
    }
}
