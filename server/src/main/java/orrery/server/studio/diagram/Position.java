package orrery.server.studio.diagram;

/// Where a node stands on the canvas, in the canvas's own pixels.
public record Position(double x, double y) {}
