/// How a person proves who they are: registration, passwords, lockout.
@NullMarked
package orrery.server.auth.login;

import org.jspecify.annotations.NullMarked;
