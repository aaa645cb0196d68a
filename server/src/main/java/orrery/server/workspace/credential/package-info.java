/// What people's tools sign in with at git hosts, registries and clusters.
@NullMarked
package orrery.server.workspace.credential;

import org.jspecify.annotations.NullMarked;
