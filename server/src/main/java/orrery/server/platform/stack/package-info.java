/// Templates of infrastructure: operators publish them, everybody makes clusters from them.
@NullMarked
package orrery.server.platform.stack;

import org.jspecify.annotations.NullMarked;
