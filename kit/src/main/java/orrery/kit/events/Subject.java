package orrery.kit.events;

/// What an event or a run is about.
///
/// @param kind the resource's kind in the singular: `cluster`
/// @param id   its identifier: `cls_…`
public record Subject(String kind, String id) {}
