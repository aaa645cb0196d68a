package orrery.sim.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// The trees of the objects that were written or read last, of all clusters together. A tree
/// takes ten times the room of its JSON: who held all of them, even softly, would fill the heap
/// with them and collect garbage all day.
final class Trees {
    private static final int HELD = 1024;

    private static final AtomicReferenceArray<ObjectNode> LAST =
            new AtomicReferenceArray<>(HELD);
    private static final AtomicInteger NEXT = new AtomicInteger();

    private Trees() {}

    /// A reference that is good for as long as somebody uses the tree, or it is among the last.
    static WeakReference<ObjectNode> hold(ObjectNode tree) {
        LAST.set(NEXT.getAndIncrement() & HELD - 1, tree);
        return new WeakReference<>(tree);
    }
}
