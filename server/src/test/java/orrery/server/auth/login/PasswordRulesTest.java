package orrery.server.auth.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import orrery.kit.Ids;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import org.junit.jupiter.api.Test;

class PasswordRulesTest {
    private static List<String> mistakes(String password) {
        var found = new Mistakes();
        PasswordRules.check(found, "password", password,
                "grace.hopper@navy.example.com", "grace", "Grace Brewster Hopper");
        return found.found().stream().map(Problem.Mistake::message).toList();
    }

    @Test
    void takesAnythingLongEnoughOfWhateverKind() {
        for (var good : List.of("correct horse battery", "tallow-finch", "77219046531",
                "пароль с пробелом", "🦉🦊🐢🐙🦀🐝🦋🐌", " leading and trailing ",
                "x".repeat(3) + "q7Vz-".repeat(200))) {
            assertThat(mistakes(good)).as(good).isEmpty();
        }
    }

    @Test
    void refusesWhatIsTooShortOrTooLong() {
        assertThat(mistakes("q7Vz-mK")).singleElement().asString().contains("at least 8");
        assertThat(mistakes("q7Vz-mK2")).isEmpty();
        assertThat(mistakes("🦉🦊🐢🐙🦀🐝🦋")).as("seven, in 14 chars").hasSize(1);
        assertThat(mistakes("q7Vz-mK2".repeat(128))).isEmpty();
        assertThat(mistakes("q7Vz-mK2".repeat(128) + "x")).hasSize(1);
    }

    @Test
    void refusesWhatAttackersTryFirst() {
        for (var bad : List.of("password", "Password1", "PASSWORD123", "12345678", "qwertyuiop",
                "iloveyou", "1qaz2wsx", "trustno1", "ｐａｓｓｗｏｒｄ", "letmein123")) {
            assertThat(mistakes(bad)).as(bad).singleElement().asString()
                    .contains("attackers try first");
        }
    }

    @Test
    void refusesWhatEverybodyConnectsWithThePersonOrThePlace() {
        for (var bad : List.of("grace.hopper@navy.example.com", "gracehopper", "GraceHopper1906!",
                "hopper-hopper-1", "orrery-orrery", "Orrery2026", "navy.example.com")) {
            assertThat(mistakes(bad).stream().anyMatch(it -> it.contains("made of your name")
                    || it.contains("attackers"))).as(bad).isTrue();
        }
        assertThat(mistakes("hopper sails by night")).as("a word among others").isEmpty();
    }

    @Test
    void takesRandomOnesForCommonOnesOnceInAMillion() {
        var ids = new Ids(new Random(7));
        var taken = 0;
        for (int i = 0; i < 20_000; i++) {
            taken += CommonPasswords.contains(ids.next("p")) ? 1 : 0;
        }
        assertThat(taken).isLessThanOrEqualTo(2);
        assertThat(CommonPasswords.contains(new Ids(new SecureRandom()).next("p"))).isFalse();
    }
}
