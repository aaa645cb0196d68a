package orrery.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {
    private static final Pattern SHAPE = Pattern.compile("[a-z]{2,5}_[0-9A-Za-z]{20,40}");

    @Test
    void whatWasMadeIsAnIdentifier() {
        var ids = new Ids(new SecureRandom());
        for (int i = 0; i < 1_000; i++) {
            assertThat(ids.next("cls")).matches(SHAPE).matches(Ids::isId);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "_", "cls", "cls_", "a_01234567890123456789",
        "ab_01234567890123456789", "ab_0123456789012345678", "abcde_01234567890123456789",
        "abcdef_01234567890123456789", "Ab_01234567890123456789", "a1_01234567890123456789",
        "ab_0123456789_0123456789", "ab_0123456789-0123456789", "ab_0123456789012345678é",
        "ab_0123456789012345678901234567890123456789",
        "ab_01234567890123456789012345678901234567890", "my-cluster-with-a-longer-name",
        "ab_[123456789012345678@", "a`_01234567890123456789", "a{_01234567890123456789",
        "ab_:1234567890123456789", "ab_/1234567890123456789", "\0\0_01234567890123456789"})
    void everythingElseIsNone(String text) {
        assertThat(Ids.isId(text)).isEqualTo(SHAPE.matcher(text).matches());
    }
}
