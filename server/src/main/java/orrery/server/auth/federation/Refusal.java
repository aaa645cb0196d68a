package orrery.server.auth.federation;

/// Why somebody who came back is not signed in. It has no stack trace: it is an answer, not a bug.
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    /// What it comes to, for those whom no detail is meant for.
    public enum Reason {
        /// The answer belongs to no sign-in of this browser, or to one that is over.
        STATE("This sign-in is too old, or began in another browser. Begin again."),
        /// The person or the provider said no.
        DENIED("The provider says that you did not allow it."),
        /// The answer holds neither a code nor an error.
        NO_CODE("The provider sent you back without an answer."),
        /// The provider was taken away or disabled meanwhile.
        GONE("This provider signs in nobody here any more."),
        /// It cannot be reached, or is not what it was registered as.
        UNREACHABLE("The provider does not answer as it should. Try again later, and tell whoever"
                + " set it up."),
        /// What it says of the person is not proved.
        UNPROVED("The provider's answer could not be verified. Tell whoever set it up."),
        /// It does not say who the person is.
        PERSON("The provider does not say who you are. It must tell your e-mail address."),
        /// It makes no accounts for such people.
        NOT_LET_IN("There is no account for you here. Ask an administrator to invite you; or, if"
                + " you have one, sign in as before and link this provider to it."),
        /// The address is an account's that is signed in to otherwise.
        ADDRESS_TAKEN("There is an account with your e-mail address. Sign in to it as before,"
                + " then link this provider to it."),
        /// The person does not belong to the organization whose provider it is.
        NOT_MEMBER("You do not belong to the organization any more. Ask an administrator to"
                + " invite you."),
        /// The account is suspended or closed.
        INACTIVE("Your account is suspended. Ask an administrator."),
        /// The organization has its people sign in by its own provider.
        ELSEWHERE("Your organization wants you to sign in by its own provider. Choose that one."),
        /// The organization demands a second factor, and its provider may not give the account one.
        NO_FACTOR("Your organization demands a second factor, and you have none. Sign in to your"
                + " account itself, set one up there, and come back."),
        /// Somebody else signs in that way.
        LINKED_ELSEWHERE("That identity is linked to another account already.");

        private final String sentence;

        Reason(String sentence) {
            this.sentence = sentence;
        }

        /// What the person is told.
        public String sentence() {
            return sentence;
        }
    }

    /// @param detail for whoever set the provider up; no secret
    Refusal(Reason reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
