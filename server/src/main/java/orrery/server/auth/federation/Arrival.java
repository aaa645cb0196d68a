package orrery.server.auth.federation;

import orrery.server.auth.session.Entry;
import orrery.server.iam.user.User;

/// Somebody who came back from another provider and is who they say.
///
/// @param entry what the session that is now opened must know
public record Arrival(User user, Entry entry, Purpose purpose) {}
