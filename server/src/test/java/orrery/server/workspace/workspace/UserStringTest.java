package orrery.server.workspace.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import orrery.kit.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserStringTest {
    @ParameterizedTest
    @CsvSource({
        "alice, alice-a975fae",
        "alice~dev, alice-59936c3",
        "bob~dev, bob-37f0819",
        "dana~repo=acme/shop, dana-d007807",
        "dana~repo=acme%2Fshop+ref=main, dana-7b0c150",
        "eve~repo=acme/portal+ref=v1.2, eve-5ec1ac8",
        "carol~repo=project1, carol-773981c",
        "dana~python+workload=StatefulSet%2Fledger+ns=blue, dana-8b55faf",
        "admin~ubuntu, admin-60237b1",
        "alice~pod=alice-59936c3+ns=ws, alice-59936c3",
    })
    void namesTheWorkspaceAsOtherClientsDo(String text, String name) {
        assertThat(UserString.parse(text).workspaceName()).isEqualTo(name);
    }

    @Test
    void readsBase64() {
        var encoded = Base64.getUrlEncoder().withoutPadding()
                .encodeToString("alice~dev".getBytes(StandardCharsets.UTF_8));
        assertThat(UserString.parse("b64-" + encoded)).isEqualTo(UserString.of("alice", "dev"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice", "alice~dev", "dana~repo=acme%2Fshop+ref=main"})
    void writesWhatItRead(String text) {
        assertThat(UserString.parse(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "al ice", "alice~", "alice~repo=", "alice~a=b", "alice~repo=x+repo=y", "alice~ref=main",
        "alice~ns=x", "alice~workload=deployment/x", "alice~pod=x+repo=y", "alice~repo=a=b",
        "alice~repo=%zz", "b64-=", "alice~dev++ref=x",
    })
    void refusesWhatMakesNoSense(String text) {
        assertThatThrownBy(() -> UserString.parse(text))
                .extracting("problem").isInstanceOf(Problem.Invalid.class);
    }

    @Test
    void aUserWithUnderscoreStillGivesADnsLabel() {
        assertThat(UserString.of("a_b", null).workspaceName()).matches("a-b-[0-9a-f]{7}");
    }
}
