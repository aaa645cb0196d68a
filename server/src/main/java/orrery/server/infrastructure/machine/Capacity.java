package orrery.server.infrastructure.machine;

/// How many servers a selection has just now.
///
/// @param available that nobody has and that are ready to be given out
/// @param allocated that somebody has
public record Capacity(long total, long available, long allocated) {}
