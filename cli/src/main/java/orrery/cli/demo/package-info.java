/// The journey: what Orrery is for, done once from the first account to the last clean-up.
@NullMarked
package orrery.cli.demo;

import org.jspecify.annotations.NullMarked;
