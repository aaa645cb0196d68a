package orrery.kit.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenScopesTest {
    @Test
    void matchesExactly() {
        var scopes = of("workspace:read", "user:list");
        assertThat(scopes.allow("workspace:read", null)).isTrue();
        assertThat(scopes.allow("workspace:delete", null)).isFalse();
        assertThat(scopes.allow("workspace:read:more", null)).isFalse();
        assertThat(scopes.allow("workspace", null)).isFalse();
    }

    @Test
    void aWildcardStandsForAllBelowIt() {
        var scopes = of("user:read:*");
        assertThat(scopes.allow("user:read:profile", "bob")).isTrue();
        assertThat(scopes.allow("user:read:credentials:git", "bob")).isTrue();
        assertThat(scopes.allow("user:list", null)).isFalse();
        assertThat(scopes.allow("user:ready", null)).isFalse();
        assertThat(of("*").allow("token:create", "bob")).isTrue();
    }

    @Test
    void selfIsForOnesOwnAlone() {
        var scopes = of("user:read:profile:self", "user:write:*:self");
        assertThat(scopes.allow("user:read:profile", null)).isTrue();
        assertThat(scopes.allow("user:read:profile", "ann")).isTrue();
        assertThat(scopes.allow("user:read:profile", "bob")).isFalse();
        assertThat(scopes.allow("user:write:keys", "ann")).isTrue();
        assertThat(scopes.allow("user:write:keys", "bob")).isFalse();
        assertThat(scopes.allow("user:read:roles", "ann")).isFalse();
    }

    @Test
    void coversNoMoreThanItHas() {
        assertThat(of("*").cover("*")).isTrue();
        assertThat(of("workspace:*", "user:*").cover("*")).isFalse();
        assertThat(of("user:*").cover("user:read:*")).isTrue();
        assertThat(of("user:read:*").cover("user:*")).isFalse();
        assertThat(of("user:read:*").cover("user:read:profile:self")).isTrue();
        assertThat(of("user:read:*:self").cover("user:read:profile:self")).isTrue();
        assertThat(of("user:read:*:self").cover("user:read:profile")).isFalse();
        assertThat(of("user:read:*:self").cover("user:read:*")).isFalse();
        assertThat(of("workspace:list").cover("workspace:*")).isFalse();
        assertThat(of("*").cover("workspace:*:self")).isTrue();
    }

    private static TokenScopes of(String... names) {
        return new TokenScopes(Set.of(names), "ann");
    }
}
