/// Groups of people, which policies name as one.
@NullMarked
package orrery.server.iam.group;

import org.jspecify.annotations.NullMarked;
