/// Mail to people: queued in a transaction, sent by SMTP, tried again until it is accepted.
@NullMarked
package orrery.kit.mail;

import org.jspecify.annotations.NullMarked;
