package orrery.sim.operator;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// When a CronJob runs: the five fields of cron(5), or `@hourly` and its like.
record CronSchedule(BitSet minutes, BitSet hours, BitSet days, BitSet months, BitSet weekdays,
        boolean eitherDay, ZoneId zone) {
    private static final Map<String, String> NAMED = Map.of(
            "@yearly", "0 0 1 1 *", "@annually", "0 0 1 1 *", "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0", "@daily", "0 0 * * *", "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");
    private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun",
            "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> WEEKDAYS =
            List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    private static final int HORIZON_DAYS = 366 * 5;

    /// @throws IllegalArgumentException that names the field that is wrong
    static CronSchedule parse(String text, ZoneId zone) {
        var cells = NAMED.getOrDefault(text.strip(), text.strip()).split("\\s+");
        if (cells.length != 5) {
            throw new IllegalArgumentException("schedule \"" + text + "\" has not five fields");
        }
        var weekdays = field(cells[4], 0, 7, WEEKDAYS, 0);
        if (weekdays.get(7)) {
            weekdays.set(0);
        }
        return new CronSchedule(field(cells[0], 0, 59, List.of(), 0),
                field(cells[1], 0, 23, List.of(), 0), field(cells[2], 1, 31, List.of(), 0),
                field(cells[3], 1, 12, MONTHS, 1), weekdays,
                !cells[2].startsWith("*") && !cells[4].startsWith("*"), zone);
    }

    /// The first time after one; null when there is none in five years.
    ZonedDateTime after(ZonedDateTime moment) {
        var time = moment.withZoneSameInstant(zone).truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        var end = time.plusDays(HORIZON_DAYS);
        while (time.isBefore(end)) {
            if (!months.get(time.getMonthValue())) {
                time = time.withDayOfMonth(1).truncatedTo(ChronoUnit.DAYS).plusMonths(1);
            } else if (!day(time)) {
                time = time.truncatedTo(ChronoUnit.DAYS).plusDays(1);
            } else if (!hours.get(time.getHour())) {
                time = time.truncatedTo(ChronoUnit.HOURS).plusHours(1);
            } else if (!minutes.get(time.getMinute())) {
                time = time.plusMinutes(1);
            } else {
                return time;
            }
        }
        return null;
    }

    /// When both day fields are restricted, either is enough: cron's own odd rule.
    private boolean day(ZonedDateTime time) {
        boolean date = days.get(time.getDayOfMonth());
        boolean weekday = weekdays.get(time.getDayOfWeek().getValue() % 7);
        return eitherDay ? date || weekday : date && weekday;
    }

    private static BitSet field(String cell, int low, int high, List<String> names, int base) {
        var set = new BitSet(high + 1);
        for (var part : cell.split(",")) {
            var halves = part.split("/", 2);
            var range = halves[0].equals("*") || halves[0].equals("?") ? low + "-" + high
                    : halves[0];
            var ends = range.split("-", 2);
            int from = number(ends[0], names, base);
            int to = ends.length > 1 ? number(ends[1], names, base)
                    : halves.length > 1 ? high : from;
            int step = halves.length > 1 ? number(halves[1], List.of(), 0) : 1;
            if (from < low || to > high || from > to || step < 1) {
                throw new IllegalArgumentException("schedule field \"" + cell + "\" is not within "
                        + low + "-" + high);
            }
            for (int i = from; i <= to; i += step) {
                set.set(i);
            }
        }
        return set;
    }

    private static int number(String text, List<String> names, int base) {
        int named = names.indexOf(text.toLowerCase(Locale.ROOT));
        if (named >= 0) {
            return named + base;
        }
        if (!text.matches("\\d{1,4}")) {
            throw new IllegalArgumentException("schedule field \"" + text + "\" is no number");
        }
        return Integer.parseInt(text);
    }
}
