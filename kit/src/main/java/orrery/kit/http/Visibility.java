package orrery.kit.http;

/// For whom a document is written: `PUBLIC` for everybody, `INTERNAL` for who runs the
/// installation, with what is [Internal] too.
public enum Visibility { PUBLIC, INTERNAL }
