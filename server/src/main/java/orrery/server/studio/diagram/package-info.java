/// Diagrams: what people draw on the canvas, and the Kubernetes objects that it stands for.
/// Pure functions; reading, storing and applying them is other packages' work.
@NullMarked
package orrery.server.studio.diagram;

import org.jspecify.annotations.NullMarked;
