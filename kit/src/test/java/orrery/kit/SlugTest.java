package orrery.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class SlugTest {
    @Test
    void isADnsLabelThatBeginsWithALetter() {
        assertThat(Slug.isSlug("a")).isTrue();
        assertThat(Slug.isSlug("gpu-farm-1")).isTrue();
        assertThat(Slug.isSlug("a" + "b".repeat(62))).isTrue();
        assertThat(Slug.isSlug("a" + "b".repeat(63))).isFalse();
        assertThat(Slug.isSlug("")).isFalse();
        assertThat(Slug.isSlug("1a")).isFalse();
        assertThat(Slug.isSlug("a-")).isFalse();
        assertThat(Slug.isSlug("Ab")).isFalse();
        assertThat(Slug.isSlug("a_b")).isFalse();
        assertThat(Slug.isSlug("a\n")).isFalse();
    }

    @Test
    void isNeverTakenForAnIdentifier() {
        var id = new Ids(new SecureRandom()).next("cls");
        assertThat(Slug.isSlug(id)).isFalse();
        assertThat(Slug.of("cluster", id)).matches("cluster-[a-z0-9]{6}");
    }

    @Test
    void namesWhatIsWrong() {
        assertThat(Slug.check(new Mistakes(), "name", "global").found())
                .containsExactly(new Problem.Mistake("name", "is reserved: choose another"));
        assertThat(Slug.check(new Mistakes(), "name", "No!").found())
                .containsExactly(new Problem.Mistake("name", Slug.RULE));
    }
}
