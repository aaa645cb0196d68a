package orrery.sim.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronScheduleTest {
    private static final ZoneId UTC = ZoneId.of("UTC");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "*/5 * * * * | 2026-01-31T23:57:30Z | 2026-02-01T00:00:00Z",
        "0 9 * * mon-fri | 2026-01-02T10:00:00Z | 2026-01-05T09:00:00Z",
        "30 4 1,15 * 5 | 2026-01-02T05:00:00Z | 2026-01-09T04:30:00Z",
        "0 0 29 feb * | 2026-01-01T00:00:00Z | 2028-02-29T00:00:00Z",
        "@hourly | 2026-01-01T00:00:00Z | 2026-01-01T01:00:00Z",
        "10-30/10 * * * 7 | 2026-01-03T12:00:00Z | 2026-01-04T00:10:00Z",
    })
    void findsTheNextTime(String schedule, String from, String next) {
        assertThat(CronSchedule.parse(schedule, UTC).after(ZonedDateTime.parse(from)).toInstant())
                .isEqualTo(ZonedDateTime.parse(next).toInstant());
    }

    @Test
    void countsInItsOwnZone() {
        var berlin = CronSchedule.parse("0 6 * * *", ZoneId.of("Europe/Berlin"));
        assertThat(berlin.after(ZonedDateTime.parse("2026-07-01T00:00:00Z")).toInstant())
                .hasToString("2026-07-01T04:00:00Z");
    }

    @Test
    void knowsWhenThereIsNoNextTime() {
        assertThat(CronSchedule.parse("0 0 31 2 *", UTC)
                .after(ZonedDateTime.parse("2026-01-01T00:00:00Z"))).isNull();
    }

    @ParameterizedTest
    @CsvSource({"* * * *", "60 * * * *", "* * * * mo", "*/0 * * * *", "5-1 * * * *"})
    void refusesWhatIsNoSchedule(String schedule) {
        assertThatThrownBy(() -> CronSchedule.parse(schedule, UTC))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
