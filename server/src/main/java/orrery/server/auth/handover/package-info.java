/// How a command line comes to a token that its person allows in a browser.
@NullMarked
package orrery.server.auth.handover;

import org.jspecify.annotations.NullMarked;
