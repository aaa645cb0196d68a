package orrery.server.infrastructure.machine;

/// How many there are of something in a zone. What is counted stands in one of four ways: together
/// they are the total. A server that is not inspected yet, or that goes, is not counted.
///
/// @param code of a size of servers, or a model of accelerators
/// @param available that can be given out now
/// @param reserved that a project has and does not use
/// @param inUse on which something is installed, or an instance is made
/// @param unhealthy that need an operator, whoever has them
public record Stock(
        String region,
        String zone,
        String code,
        long total,
        long available,
        long reserved,
        long inUse,
        long unhealthy) {}
