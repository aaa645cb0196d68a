/// The one door to the outside for addresses that a user can influence.
@NullMarked
package orrery.kit.net;

import org.jspecify.annotations.NullMarked;
