package orrery.server.auth.federation;

/// A sign-in that somebody began at another provider.
///
/// @param state comes back with the answer, from that browser only
/// @param nonce comes back in the ID token
/// @param verifier proves at the token endpoint that it was us who began (RFC 7636)
/// @param provider identifier of the provider
/// @param redirectUri where the answer is sent
/// @param at when it began, seconds since 1970
record Flow(
        String state, String nonce, String verifier, String provider, String redirectUri,
        Purpose purpose, long at) {
    @Override
    public String toString() {
        return "a sign-in at " + provider;
    }
}
