package orrery.cli.demo;

import java.io.PrintWriter;

/// Prints the journey as it goes: number, step, result, milliseconds.
final class Table {
    private final PrintWriter out;
    private int number;

    Table(PrintWriter out) {
        this.out = out;
    }

    /// A step that went well, or was skipped; the result says which.
    void done(String step, String result, long millis) {
        count();
        line(String.valueOf(number), step, result, String.valueOf(millis));
    }

    /// The step that ended the journey.
    void failed(String step, String cause, long millis) {
        count();
        line(number + "", step, "FAILED", String.valueOf(millis));
        cause.lines().forEach(line -> out.println("     " + line));
        out.flush();
    }

    /// The head waits for the first step: the server may not even be up yet.
    private void count() {
        if (number++ == 0) {
            line("", "step", "result", "ms");
        }
    }

    /// A remark below the last step.
    void remark(String text) {
        text.lines().forEach(line -> line("", "", line, ""));
    }

    private void line(String number, String step, String result, String millis) {
        out.println("%2s  %-11s  %-74s %7s".formatted(number, step, result, millis)
                .stripTrailing());
        out.flush();
    }
}
