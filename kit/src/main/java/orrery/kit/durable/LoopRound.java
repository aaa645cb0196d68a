package orrery.kit.durable;

import orrery.kit.access.Grant;
import orrery.kit.kube.Fence;

/// What a round of a loop has in hand.
///
/// @param grant the right of the system itself
/// @param fence what every write outside carries
public record LoopRound(Grant grant, Fence fence) {}
