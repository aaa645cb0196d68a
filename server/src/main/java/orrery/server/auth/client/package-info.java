/// OAuth clients: the programs that people let act for them, and how those prove who they are.
@NullMarked
package orrery.server.auth.client;

import org.jspecify.annotations.NullMarked;
