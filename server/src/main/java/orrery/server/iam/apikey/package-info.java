/// Long-lived secrets that act for the user who made them.
@NullMarked
package orrery.server.iam.apikey;

import org.jspecify.annotations.NullMarked;
