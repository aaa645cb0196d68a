/// The event log: written with every change, read by streams, audit, notifications and webhooks.
@NullMarked
package orrery.kit.events;

import org.jspecify.annotations.NullMarked;
