package orrery.server.iam.user;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsernamesTest {
    @ParameterizedTest
    @CsvSource({
        "user@example.com, user",
        "Zoë.Müller+dev@example.com, zoe-muller-dev",
        "42nd.street@example.com, nd-street",
        "root@example.com, user-root",
        "李@example.com, user",
        "--@example.com, user",
        "a_b__c@example.com, a-b-c",
    })
    void isThePartBeforeTheAtSignAsADnsLabel(String email, String username) {
        assertThat(Usernames.from(email)).isEqualTo(username);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "x@e", "a.very.long.address.that.somebody.really.has.for.some.reason.or.other@example.com",
        "!#$%&'*+/=?^_`{|}~@example.com", "Ⅷ@example.com", "a-@b"})
    void isAlwaysADnsLabelWithRoomForANumber(String email) {
        assertThat(Usernames.from(email)).matches("[a-z]([-a-z0-9]*[a-z0-9])?")
                .hasSizeLessThanOrEqualTo(34);
    }

    @Test
    void isNumberedWhenTaken() {
        assertThat(Usernames.numbered("ann", 1)).isEqualTo("ann");
        assertThat(Usernames.numbered("ann", 12)).isEqualTo("ann-12");
    }
}
