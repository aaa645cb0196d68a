package orrery.kit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuccessesTest {
    private static final int SOME = 207;

    /// Handlers as they are written.
    static class Handlers {
        public Answer<String> plain() {
            return Answer.ok("it").version(500).header("X", "250");
        }

        public Answer<String> started(boolean isStarted) {
            return isStarted ? accepted() : Answer.ok("it");
        }

        public Answer<String> told() {
            return Answer.ok("it").status(SOME);
        }

        public Answer<String> one(boolean isNew) {
            return Answer.ok("it").status(isNew ? 201 : 200).header("X", "y");
        }

        public Answer<String> refusing(int status) {
            return status > 399 ? Answer.ok("no").status(status) : Answer.created("it", "/it");
        }

        public Answer<String> sent(Optional<String> found) {
            return found.map(Answer::ok).orElseGet(() -> Answer.<String>bare("no").status(400));
        }

        public Answer<Void> again(int times) {
            return times == 0 ? Answer.none() : again(times - 1);
        }

        public Answer<String> never() {
            throw new UnsupportedOperationException();
        }

        private static Answer<String> accepted() {
            return Answer.accepted("it", new Answer.RunRef("run_1", "make", "running"));
        }
    }

    static final class Heirs extends Handlers {}

    @ParameterizedTest
    @CsvSource({"plain, 200", "started, 200 202", "told, 207", "one, 200 201",
            "refusing, 201", "sent, 200", "again, 204", "never, ''"})
    void aHandlersStatusesAreReadOffItsCode(String name, String statuses) {
        assertThat(new Successes(getClass().getClassLoader()).of(handler(name)).stream()
                .map(String::valueOf).collect(Collectors.joining(" "))).isEqualTo(statuses);
    }

    private static Method handler(String name) {
        return Arrays.stream(Heirs.class.getMethods())
                .filter(method -> method.getName().equals(name)).findFirst().orElseThrow();
    }
}
