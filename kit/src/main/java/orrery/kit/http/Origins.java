package orrery.kit.http;

/// Whose scripts may read answers of ours in browsers.
public interface Origins {
    /// @param origin as a browser sends it: `https://app.example.com`
    boolean isRegistered(String origin);
}
