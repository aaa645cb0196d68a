package orrery.server.compute.instance;

/// GPUs of one type in a machine.
///
/// @param type their code in the catalogue
/// @param deviceName what the region's Kubernetes calls one
public record Gpu(String type, int count, String deviceName) {}
