package orrery.server.auth.openid;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.exchange.Form;
import orrery.server.auth.login.PasswordResets;
import orrery.server.auth.profile.EmailChanges;
import orrery.server.surface.OAuth;

/// Where the links in our mail lead.
@Path("/oauth2")
@Produces("text/html")
@RunOnVirtualThread
@On(OAuth.class)
public final class AccountPagesApi {
    private final PasswordResets resets;
    private final EmailChanges emailChanges;

    public AccountPagesApi(PasswordResets resets, EmailChanges emailChanges) {
        this.resets = resets;
        this.emailChanges = emailChanges;
    }

    @GET
    @Path("/forgot")
    @Open
    public Answer<?> forgot() {
        return resets.isOn() ? AccountScreens.forgot(null)
                : Screens.message(200, "New password",
                        "This server sends no mail. Ask who runs it for a new password.");
    }

    @POST
    @Path("/forgot")
    @Consumes(Form.TYPE)
    @Open
    public Answer<?> forgot(@Context Grant grant, InputStream body) {
        try {
            resets.wish(grant, Form.read(body).getOrDefault("email", ""));
        } catch (Problem.Failure refusal) {
            return AccountScreens.forgot(said(refusal)).status(status(refusal));
        }
        return Screens.message(200, "Look into your mail", "If there is an account with that"
                + " address, a link is on its way. It counts for 30 minutes.");
    }

    @GET
    @Path("/reset")
    @Open
    public Answer<?> reset(
            @Context Grant grant, @QueryParam("token") @Nullable String token) {
        return token != null && resets.counts(grant, token)
                ? AccountScreens.reset(token, null) : AccountScreens.tooOld();
    }

    @POST
    @Path("/reset")
    @Consumes(Form.TYPE)
    @Open
    public Answer<?> reset(@Context Grant grant, InputStream body) {
        var form = Form.read(body);
        var token = form.getOrDefault("token", "");
        try {
            resets.confirm(grant, token, form.getOrDefault("password", ""));
        } catch (Problem.Failure refusal) {
            return refusal.problem() instanceof Problem.Unprocessable ? AccountScreens.tooOld()
                    : AccountScreens.reset(token, said(refusal)).status(status(refusal));
        }
        return Screens.message(200, "Your password is set",
                "You were signed out everywhere. Sign in again with the new one.");
    }

    @GET
    @Path("/email")
    @Open
    public Answer<?> email(
            @Context Grant grant, @QueryParam("token") @Nullable String token) {
        return token == null ? AccountScreens.tooOld()
                : emailChanges.read(grant, token)
                        .map(address -> AccountScreens.email(token, address))
                        .orElseGet(AccountScreens::tooOld);
    }

    @POST
    @Path("/email")
    @Consumes(Form.TYPE)
    @Open
    public Answer<?> email(@Context Grant grant, InputStream body) {
        try {
            var user = emailChanges.confirm(grant, Form.read(body).getOrDefault("token", ""));
            return Screens.message(200, "Confirmed",
                    user.email() + " is the address of your account now.");
        } catch (Problem.Failure refusal) {
            return switch (refusal.problem()) {
                case Problem.Unprocessable _ -> AccountScreens.tooOld();
                case Problem.AlreadyExists _ -> Screens.message(409, "Not confirmed",
                        "Another account has that address.");
                default -> throw refusal;
            };
        }
    }

    private static String said(Problem.Failure refusal) {
        return switch (refusal.problem()) {
            case Problem.Invalid p -> "The " + p.mistakes().getFirst().field() + " "
                    + p.mistakes().getFirst().message() + ".";
            case Problem.Refused p -> p.cause();
            default -> AuthorizeApi.wrong(refusal);
        };
    }

    private static int status(Problem.Failure refusal) {
        return refusal.problem() instanceof Problem.Refused ? 403 : AuthorizeApi.status(refusal);
    }
}
