package orrery.kit.events;

import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import orrery.kit.Problem;

/// A place in the event log: after this transaction's event of this number. Outsiders get it as
/// text that they give back unread, for example as SSE's `Last-Event-ID`.
public record Position(long xid, long seq) implements Comparable<Position> {
    static final Position BEGIN = new Position(0, 0);

    private static final Comparator<Position> ORDER =
            Comparator.comparingLong(Position::xid).thenComparingLong(Position::seq);
    private static final Pattern TOKEN = Pattern.compile("(\\d{1,18})\\.(\\d{1,18})");

    public String token() {
        return xid + "." + seq;
    }

    /// @throws Problem.Failure [Problem.BadQuery] when it is not one of ours
    public static Position parse(String token) {
        var match = TOKEN.matcher(token);
        if (!match.matches()) {
            throw new Problem.BadQuery(Problem.BadQuery.Part.PAGE_TOKEN,
                    "is not a token of this event stream", List.of()).raise();
        }
        return new Position(Long.parseLong(match.group(1)), Long.parseLong(match.group(2)));
    }

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }
}
