package orrery.kit.yaml;

/// How much a stranger's YAML may ask of us. All counts are inclusive.
///
/// @param chars   length of the text, in UTF-16 units
/// @param depth   levels of nesting, with aliases written out
/// @param nodes   values in the whole document, with aliases written out
/// @param aliases times that `*name` may occur
public record YamlLimits(int chars, int depth, int nodes, int aliases) {
    /// For files of at most one mebibyte that people write by hand.
    public static final YamlLimits HAND_WRITTEN = new YamlLimits(1 << 20, 64, 100_000, 1_000);

    /// Refuses limits that would refuse everything.
    public YamlLimits {
        if (chars < 1 || depth < 1 || nodes < 1 || aliases < 0) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }
}
