/// Logs of pods as streams of events.
@NullMarked
package orrery.server.platform.log;

import org.jspecify.annotations.NullMarked;
