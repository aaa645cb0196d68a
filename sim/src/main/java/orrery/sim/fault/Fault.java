package orrery.sim.fault;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import orrery.sim.operator.Timing;

/// Something that goes wrong with a simulated object because somebody asked for it.
public sealed interface Fault {
    /// How faults are written; several are divided by `;`.
    String FORMS = "\"fail at PHASE: MESSAGE\", \"hang at PHASE\", \"slow TIMES\","
            + " \"slow TIMES at PHASE\", \"flap EVERY\" (as 5s), \"lost\" (a Node)"
            + " and \"away\" (a cluster's API server)";

    int MAX_TEXT = 1024;
    int MAX_FAULTS = 16;
    int MOST_TIMES = 100_000;

    Pattern FORM = Pattern.compile(
            "(fail|hang|slow|flap|lost|away)(?: (\\d{1,6}(?:\\.\\d)?(?:ms|s|m|h)?))?"
                    + "(?: at ([a-z][a-z-]{0,40}))?(?:: *(.{1,512}))?");

    /// At the end of the phase the object says that it failed.
    record Fail(String phase, String message) implements Fault {}

    /// The phase never ends.
    record Hang(String phase) implements Fault {}

    /// @param phase empty for every phase
    record Slow(double times, String phase) implements Fault {}

    /// What works stops working, and works again, each for that long.
    record Flap(Duration every) implements Fault {}

    /// A node that answers no more.
    record Lost() implements Fault {}

    /// An API server whose connections break.
    record Away() implements Fault {}

    /// The phase that it speaks of; empty for none.
    default String at() {
        return switch (this) {
            case Fail fail -> fail.phase();
            case Hang hang -> hang.phase();
            case Slow slow -> slow.phase();
            case Flap f -> "";
            case Lost l -> "";
            case Away a -> "";
        };
    }

    /// Reads faults as people write them.
    ///
    /// @throws IllegalArgumentException that says what is wrong and how to write it
    static List<Fault> parse(String text) {
        if (text.length() > MAX_TEXT) {
            throw new IllegalArgumentException("a fault has at most " + MAX_TEXT + " letters");
        }
        List<Fault> all = new ArrayList<>();
        for (String part : text.split(";")) {
            if (!part.isBlank()) {
                all.add(one(part.strip().replaceAll("\\s+", " ")));
            }
        }
        if (all.isEmpty() || all.size() > MAX_FAULTS) {
            throw new IllegalArgumentException(
                    "write 1 to " + MAX_FAULTS + " faults: " + FORMS);
        }
        return List.copyOf(all);
    }

    private static Fault one(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw wrong(text);
        }
        String number = form.group(2) == null ? "" : form.group(2);
        String phase = form.group(3) == null ? "" : form.group(3);
        String message = form.group(4) == null ? "" : form.group(4);
        String kind = form.group(1);
        boolean phased = kind.equals("fail") || kind.equals("hang");
        boolean numbered = kind.equals("slow") || kind.equals("flap");
        if (phased == phase.isEmpty() && !kind.equals("slow") || numbered == number.isEmpty()
                || !message.isEmpty() && !kind.equals("fail")) {
            throw wrong(text);
        }
        return switch (kind) {
            case "fail" -> new Fail(phase, message.isEmpty() ? "a fault was asked for" : message);
            case "hang" -> new Hang(phase);
            case "slow" -> new Slow(times(number, text), phase);
            case "flap" -> new Flap(every(number, text));
            case "lost" -> new Lost();
            default -> new Away();
        };
    }

    private static double times(String number, String text) {
        if (Character.isLetter(number.charAt(number.length() - 1))) {
            throw wrong(text);
        }
        double times = Double.parseDouble(number);
        if (times > MOST_TIMES) {
            throw new IllegalArgumentException(
                    "\"" + text + "\": at most " + MOST_TIMES + " times as slow");
        }
        return times;
    }

    private static Duration every(String number, String text) {
        Duration every = Timing.duration(number).orElseThrow(() -> wrong(text));
        if (every.toMillis() < 10) {
            throw new IllegalArgumentException("\"" + text + "\": flaps every 10ms or slower");
        }
        return every;
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("\"" + text + "\" is no fault; write " + FORMS);
    }
}
