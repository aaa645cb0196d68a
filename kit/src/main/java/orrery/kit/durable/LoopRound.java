package orrery.kit.durable;

import orrery.kit.access.Grant;
import orrery.kit.kube.Fence;

/// What a round of a loop has in hand.
///
/// @param grant the right of the system itself
/// @param fence what every write outside carries
/// @param hurry has the next round begin at once: for whom a watch tells that there is work
public record LoopRound(Grant grant, Fence fence, Runnable hurry) {
    public LoopRound(Grant grant, Fence fence) {
        this(grant, fence, () -> { });
    }
}
