package orrery.sim.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orrery.sim.identity.Tokens;
import orrery.sim.identity.User;
import orrery.sim.rbac.Attributes;
import orrery.sim.rbac.Authorizer;
import orrery.sim.type.Refusal;
import orrery.sim.type.ResourceType;

/// The types that are questions: who am I, may I, may they, whose token is this. They are
/// answered and not kept (authentication.k8s.io/v1, authorization.k8s.io/v1).
final class Reviews {
    private final Tokens tokens;

    Reviews(Tokens tokens) {
        this.tokens = tokens;
    }

    boolean isReview(ResourceType type) {
        return type.group().equals("authentication.k8s.io")
                || type.group().equals("authorization.k8s.io");
    }

    Answer answer(Call call, Target target) {
        if (!call.method().equals("POST")) {
            throw Router.methodNotAllowed();
        }
        ObjectNode review = Bodies.object(call, target);
        JsonNode spec = review.path("spec");
        ObjectNode status = review.putObject("status");
        switch (target.type().plural()) {
            case "selfsubjectreviews" -> describe(status.putObject("userInfo"), call.user());
            case "selfsubjectaccessreviews" -> access(status, call, call.user(), spec);
            case "subjectaccessreviews", "localsubjectaccessreviews" ->
                    access(status, call, subject(spec), spec);
            case "selfsubjectrulesreviews" -> rules(status, call, spec);
            case "tokenreviews" -> token(status, call, spec);
            default -> throw Target.unknown();
        }
        return Answer.json(201, review);
    }

    private static void access(ObjectNode status, Call call, User user, JsonNode spec) {
        JsonNode resource = spec.path("resourceAttributes");
        JsonNode path = spec.path("nonResourceAttributes");
        if (resource.isObject() == path.isObject()) {
            throw Refusal.badRequest("spec: exactly one of nonResourceAttributes or"
                    + " resourceAttributes must be specified");
        }
        boolean allowed = Authorizer.allows(call.cluster(), user,
                path.isObject()
                        ? Attributes.path(path.path("verb").asText(), path.path("path").asText())
                        : attributes(resource));
        status.put("allowed", allowed);
        if (!allowed) {
            status.put("reason", "no RBAC rule allows it");
        }
    }

    private static Attributes attributes(JsonNode asked) {
        String subresource = asked.path("subresource").asText();
        String resource = asked.path("resource").asText();
        return Attributes.of(asked.path("verb").asText(), asked.path("group").asText(),
                subresource.isEmpty() ? resource : resource + "/" + subresource,
                asked.path("namespace").asText(), asked.path("name").asText());
    }

    private static User subject(JsonNode spec) {
        List<String> groups = new ArrayList<>();
        spec.path("groups").forEach(group -> groups.add(group.asText()));
        if (spec.path("user").asText().isEmpty() && groups.isEmpty()) {
            throw Refusal.badRequest("spec.user: at least one of user or group must be specified");
        }
        return new User(spec.path("user").asText(), spec.path("uid").asText(), groups);
    }

    private static void rules(ObjectNode status, Call call, JsonNode spec) {
        ArrayNode resources = status.putArray("resourceRules");
        ArrayNode paths = status.putArray("nonResourceRules");
        for (JsonNode rule : Authorizer.rules(
                call.cluster(), call.user(), spec.path("namespace").asText())) {
            (rule.has("nonResourceURLs") ? paths : resources).add(rule);
        }
        status.put("incomplete", false);
    }

    private void token(ObjectNode status, Call call, JsonNode spec) {
        List<String> audiences = new ArrayList<>();
        spec.path("audiences").forEach(audience -> audiences.add(audience.asText()));
        Optional<Tokens.Verified> found =
                tokens.verify(call.cluster(), spec.path("token").asText(), audiences);
        status.put("authenticated", found.isPresent());
        found.ifPresentOrElse(known -> {
            describe(status.putObject("user"), known.user());
            ArrayNode good = status.putArray("audiences");
            known.audiences().forEach(good::add);
        }, () -> status.put("error", "the token is not, or no longer, good"));
    }

    private static void describe(ObjectNode info, User user) {
        info.put("username", user.name());
        if (!user.uid().isEmpty()) {
            info.put("uid", user.uid());
        }
        ArrayNode groups = info.putArray("groups");
        user.groups().forEach(groups::add);
        if (!user.extra().isEmpty()) {
            ObjectNode extra = info.putObject("extra");
            user.extra().forEach((name, values) -> {
                ArrayNode all = extra.putArray(name);
                values.forEach(all::add);
            });
        }
    }
}
